"""N04: the policy of the endpoint for Amazon S3 keeps image layers away."""

from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Severity
from constructs_ecs.preflight.rules.base import CallRule


class S3EndpointPolicy(CallRule):
    """The layers of ECR images come through an endpoint for Amazon S3 whose policy does not let them."""

    id = "N04"
    severity = Severity.START
    purposes = frozenset({Purpose.PULL_LAYERS})
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.ENDPOINT_POLICY})
    statement = (
        "The policy of the endpoint for Amazon S3 does not allow s3:GetObject on the bucket of ECR's layers, "
        "prod-REGION-starport-layer-bucket; a NAT gateway does not help, because the endpoint's route goes first."
    )
    symptom = "CannotPullContainerError: 403 Forbidden while a layer is pulled."
    decided_by = "PolicyDocument of the endpoint that the subnet's route table leads to; without one, all is allowed."
    fix = (
        "Allow s3:GetObject on arn:PARTITION:s3:::prod-REGION-starport-layer-bucket/* to every principal in the "
        "PolicyDocument of {the endpoint}."
    )
    source = "Amazon ECR user guide, Interface VPC endpoints, Minimum Amazon S3 bucket permissions"
