from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from constructs_ecs.lacking import allow_in_key_policy
from tests.support import only, stack, template, warnings

ARN = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def _statement(sid: str) -> iam.PolicyStatement:
    principal = iam.ServicePrincipal("cloudwatch.amazonaws.com")
    return iam.PolicyStatement(sid=sid, principals=[principal], actions=["kms:Decrypt"], resources=["*"])


def test_a_key_of_the_app_allows_what_it_is_told_to() -> None:
    place = stack()

    allow_in_key_policy(kms.Key(place, "Key"), _statement("One"), _statement("Two"))

    sids = [each.get("Sid") for each in only(template(place), "AWS::KMS::Key")["KeyPolicy"]["Statement"]]
    assert sids[1:] == ["One", "Two"]


def test_of_an_imported_key_one_warning_says_all_that_its_policy_lacks() -> None:
    place = stack()

    allow_in_key_policy(kms.Key.from_key_arn(place, "Key", ARN), _statement("One"), _statement("Two"))

    (warning,) = warnings(place)
    assert "this app cannot change its policy" in warning
    assert warning.index('"Sid": "One"') < warning.index('"Sid": "Two"')
