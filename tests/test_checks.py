import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_ecs import Code, ConflictError, NagPack, enforce_best_practices
from tests.support import app

_COLLECT = {"@aws-cdk/core:failSynthOnValidationErrors": False}


def _packs_that_found_something(root: cdk.App) -> set[str]:
    root.synth()
    report = json.loads((Path(root.outdir) / "validation-report.json").read_text())
    return {plugin["pluginName"] for plugin in report["pluginReports"] if plugin["violations"]}


def test_synthesis_fails_on_a_finding() -> None:
    root = app()
    sns.Topic(cdk.Stack(root, "Stack"), "Unencrypted")
    enforce_best_practices(root)
    with pytest.raises(RuntimeError, match="AwsSolutions-SNS3"):
        root.synth()


def test_all_four_packs_look_by_default() -> None:
    root = app(context=_COLLECT)
    cdk.aws_s3.CfnBucket(cdk.Stack(root, "Stack"), "Bare")
    enforce_best_practices(root)
    assert _packs_that_found_something(root) == {pack.value for pack in NagPack}


def test_packs_can_be_chosen() -> None:
    root = app(context=_COLLECT)
    cdk.aws_s3.CfnBucket(cdk.Stack(root, "Stack"), "Bare")
    enforce_best_practices(root, packs=[NagPack.HIPAA_SECURITY])
    assert _packs_that_found_something(root) == {"HIPAA.Security"}


def test_a_rule_that_errors_fails_synthesis() -> None:
    root = app()
    parameter = cdk.CfnParameter(stack := cdk.Stack(root, "Stack"), "Block")
    vpc = cdk.aws_ec2.CfnVPC(stack, "Vpc", cidr_block="10.0.0.0/16")
    cdk.aws_ec2.CfnSecurityGroup(
        stack,
        "Group",
        group_description="a rule that cdk-nag cannot read",
        vpc_id=vpc.ref,
        security_group_ingress=[
            cdk.aws_ec2.CfnSecurityGroup.IngressProperty(
                ip_protocol="tcp", cidr_ip=cdk.Fn.select(0, cdk.Fn.split(",", parameter.value_as_string))
            )
        ],
    )
    enforce_best_practices(root, packs=[NagPack.AWS_SOLUTIONS])
    with pytest.raises(RuntimeError, match="EC23"):
        root.synth()


def test_packs_are_attached_to_the_app_alone() -> None:
    for scope in (cdk.Stage(app(), "Stage"), cdk.Stack(app(), "Stack")):
        with pytest.raises(ConflictError) as caught:
            enforce_best_practices(scope)
        assert caught.value.code is Code.CHECKS_SCOPE
