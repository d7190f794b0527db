"""What a user gets rid of with the stacks, and what stays."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.emulator import sample
from tests.emulator.aws import Aws
from tests.emulator.cli import Cli
from tests.emulator.readers.catalog import READERS, UNSEEN
from tests.emulator.sample import VARIANTS

_DATA = {
    "AWS::ECR::Repository",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::SecretsManager::Secret",
}


@pytest.mark.parametrize("variant", sorted(VARIANTS))
def test_what_holds_data_is_kept_and_nothing_else(variant: str, own_cli: Cli, shared: Path) -> None:
    aws = Aws(own_cli.emulator)
    deployed = sample.deploy(own_cli, variant, shared)
    before = [
        (resource["Type"], stack.physical_ids[key], resource.get("DeletionPolicy"))
        for stack in deployed.stacks(aws).values()
        for key, resource in stack.resources.items()
        if resource["Type"] not in UNSEEN
    ]
    own_cli.must("destroy", "--app", deployed.assembly, "--all", "--force")
    kept = {(kind, physical_id) for kind, physical_id, _ in before if _is_there(aws, kind, physical_id)}
    assert kept == {(kind, physical_id) for kind, physical_id, policy in before if policy == "Retain"}
    assert {kind for kind, _ in kept} == _DATA & {kind for kind, _, _ in before}

    own_cli.deploy(deployed.assembly)
    after = {each for stack in deployed.stacks(aws).values() for each in stack.physical_ids.values()}
    assert {physical_id for kind, physical_id in kept if kind not in UNSEEN} & after == set()
    assert all(_is_there(aws, kind, physical_id) for kind, physical_id in kept)


def _is_there(aws: Aws, kind: str, physical_id: str) -> bool:
    """Whether a resource can be read; what a stack deletes is gone, or says so."""
    try:
        READERS[kind].read(aws, physical_id)
    except (ClientError, ValueError, AssertionError):
        return False
    return True
