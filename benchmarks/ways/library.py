"""With this library."""

from collections.abc import Sequence
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_kms as kms

from constructs_ecs import (
    AwsLogs,
    Container,
    EcrRepository,
    EcsCluster,
    ExecAudit,
    FargateService,
    Image,
    PrivateNetwork,
    TaskSize,
)


class Library:
    """What a user of this library writes."""

    per_stack: ClassVar = 50

    def __init__(self, stack: cdk.Stack) -> None:
        self._key = kms.Key(stack, "Key", enable_key_rotation=True)
        network = PrivateNetwork(stack, "Network", encryption_key=self._key)
        self._cluster = EcsCluster(stack, "Cluster", network=network, exec_audit=ExecAudit(stack, "ExecAudit"))
        self._repository = EcrRepository(stack, "Repository")

    def add_services(self, stack: cdk.Stack, construct_ids: Sequence[str]) -> None:
        """Each service is one call."""
        for construct_id in construct_ids:
            FargateService(
                stack,
                construct_id,
                cluster=self._cluster,
                containers=[Container(image=Image.from_ecr(self._repository, tag="1.4.2"), port=8080)],
                size=TaskSize(cpu=512, memory_mib=1024),
                logging=AwsLogs(encryption_key=self._key),
            )
