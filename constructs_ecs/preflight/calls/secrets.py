"""Fetching what a container must not be told in its definition: secrets, parameters, credentials, files.

Sources: ECS developer guide, "Pass Secrets Manager secrets", "Pass Systems Manager parameters", "Using non-AWS
container images in Amazon ECS", "Pass an individual environment variable", "Task execution IAM role".
"""

import re
from collections.abc import Iterator
from typing import Final

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.calls.call import Call, Purpose
from constructs_ecs.preflight.calls.making import (
    READ_PARAMETER,
    READ_SECRET,
    Maker,
    aws_service,
    key_of,
    region_of,
    secret_suffix,
)
from constructs_ecs.preflight.calls.scene import Scene
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.secret_references import SecretReference, SecretSource
from constructs_ecs.preflight.stand_ins import StandIns
from constructs_ecs.preflight.task_definition import Container, below
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Text, Unknown, text

_SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 - a resource type
_COMPLETE: Final = re.compile(r"-[A-Za-z0-9]{6}\Z", re.ASCII)
_BUCKET: Final = "AWS::S3::Bucket"


def fetches(scene: Scene, container: Container) -> Iterator[Call]:
    """Yield what is fetched for a container before it starts."""
    for party in scene.agents():
        old = Maker(party=scene.on_platform(party), container=container.name)
        if container.credentials is not None:
            where = below(container.where, "RepositoryCredentials", "CredentialsParameter")
            yield from _secret(scene, old, Purpose.READ_REGISTRY_CREDENTIALS, container.credentials, where)
        for reference in (*container.secrets, *(() if container.log is None else container.log.secrets)):
            yield from _reference(scene, old, reference)
        maker = Maker(party=party, container=container.name)
        for index, value in enumerate(container.environment_files):
            yield from _file(scene, maker, value, below(container.where, "EnvironmentFiles", index))
        if container.configuration_file is not None:
            where = below(container.where, "FirelensConfiguration")
            yield from _file(scene, maker, container.configuration_file, where)


def _reference(scene: Scene, maker: Maker, reference: SecretReference) -> Iterator[Call]:
    if reference.source is SecretSource.SECRETS_MANAGER:
        yield from _secret(scene, maker, Purpose.READ_SECRET, reference.secret, reference.where)
    elif reference.source is SecretSource.PARAMETER_STORE:
        arn = _parameter_arn(scene, reference.secret)
        service = aws_service(scene, Endpoint.SSM, region_of(arn))
        yield maker.call(Purpose.READ_PARAMETER, READ_PARAMETER, arn, reference.where, destination=service)
    else:
        value = reference.value_from
        open_ = Unknown(f"whether {value} is a secret or a parameter is not known")
        yield maker.call(Purpose.READ_SECRET, (), value, reference.where, destination=open_)


def _secret(scene: Scene, maker: Maker, purpose: Purpose, value: Text, where: Where) -> Iterator[Call]:
    arn = _secret_arn(scene, value)
    secret = scene.graph.target(value, _SECRET)
    service = aws_service(scene, Endpoint.SECRETS_MANAGER, region_of(arn))
    yield maker.call(purpose, READ_SECRET, arn, where, destination=service, owner=secret)
    if secret is not None:
        key = key_of(scene.graph, secret.get("KmsKeyId"))
        yield from maker.key_use(scene.graph, key, Purpose.DECRYPT_SECRET, where, service="secretsmanager")


def _secret_arn(scene: Scene, value: Text) -> Text:
    """Return the ARN that IAM sees: a name stands for the secret here, and a partial ARN for the complete one."""
    if not isinstance(value, str):
        return value
    if not value.startswith("arn:"):
        place = scene.environment
        value_ = text("arn:", place.partition, ":secretsmanager:", place.region, ":", place.account, ":secret:", value)
        return text(value_, "-", secret_suffix(value))
    return value if _COMPLETE.search(value) else text(value, "-", secret_suffix(value))


def _parameter_arn(scene: Scene, value: Text) -> Text:
    stand_ins = StandIns()
    spelled = stand_ins.spell(value)
    if spelled.startswith("arn:"):
        return value
    place, name = scene.environment, stand_ins.text(spelled.removeprefix("/"))
    return text("arn:", place.partition, ":ssm:", place.region, ":", place.account, ":parameter/", name)


def _file(scene: Scene, maker: Maker, value: Text, where: Where) -> Iterator[Call]:
    """Yield what it takes to read a configuration file from a bucket."""
    stand_ins = StandIns()
    bucket_arn = stand_ins.text(stand_ins.spell(value).partition("/")[0])
    bucket = scene.graph.target(bucket_arn, _BUCKET)
    for action, resource in (("s3:GetObject", value), ("s3:GetBucketLocation", bucket_arn)):
        service = aws_service(scene, Endpoint.S3)
        yield maker.call(Purpose.READ_FILE, (action,), resource, where, destination=service, owner=bucket)
    key = bucket_key(scene, bucket)
    yield from maker.key_use(scene.graph, key, Purpose.DECRYPT_FILE, where, service="s3")


def bucket_key(scene: Scene, bucket: Resource | None) -> Resource | Unknown | None:
    """Return the own key that a bucket encrypts objects with by default; None if it uses none."""
    if bucket is None:
        return None
    rules = bucket.get("BucketEncryption", "ServerSideEncryptionConfiguration")
    values = (walk(rule, "ServerSideEncryptionByDefault", "KMSMasterKeyID") for _, rule in items(rules))
    return key_of(scene.graph, next((value for value in values if value is not None), None))
