from typing import Any

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t07_cache_credentials import CacheCredentials
from tests.preflight.rules.support_tasks import Resources, findings, parameters

NAMED = "ecr-pullthroughcache/hub"
VALUE = '{"username": "a", "accessToken": "b"}'


def cache(credentials: object = None, **secret: object) -> Resources:
    arn = {"Ref": "Secret"} if credentials is None else credentials
    return {
        "Cache": {
            "Type": "AWS::ECR::PullThroughCacheRule",
            "Properties": {"EcrRepositoryPrefix": "hub", "CredentialArn": arn},
        },
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": NAMED, "SecretString": VALUE} | secret,
        },
    }


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        ({"Name": "hub"}, "not ecr-pullthroughcache/"),
        ({"Name": {"Ref": "AWS::NoValue"}}, "by CloudFormation"),
        ({"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}, "own key"),
        ({"SecretString": '{"username": "a", "password": "b"}'}, "accessToken"),
        ({"SecretString": '{"accessToken": "a"}'}, "username"),
    ],
)
def test_a_secret_that_ecr_cannot_use_gives_a_warning(secret: dict[str, Any], says: str) -> None:
    key = {"Type": "AWS::KMS::Key", "Properties": {}}
    (found,) = findings(CacheCredentials, cache(**secret) | {"Key": key})
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "Cache")
    assert says in found.message


def test_a_literal_arn_shows_the_name() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:"
    assert len(findings(CacheCredentials, cache(f"{arn}hub-AbCdEf"))) == 1
    assert findings(CacheCredentials, cache(f"{arn}{NAMED}-AbCdEf")) == []


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_a_rule_where_there_are_no_caches_gives_a_warning(region: str) -> None:
    (found,) = findings(CacheCredentials, cache(), region=region)
    assert region in found.message


def test_a_secret_as_ecr_wants_it_passes() -> None:
    assert findings(CacheCredentials, cache(), region="eu-west-1") == []
    assert findings(CacheCredentials, cache(KmsKeyId="alias/aws/secretsmanager")) == []


def test_a_rule_without_credentials_passes() -> None:
    assert findings(CacheCredentials, cache({"Ref": "AWS::NoValue"}, Name="other")) == []


def test_without_a_rule_a_secret_is_named_as_one_likes() -> None:
    assert findings(CacheCredentials, {"Secret": cache(Name="hub")["Secret"]}) == []


def test_a_secret_that_is_filled_in_later_or_not_known_leaves_it_open() -> None:
    assert findings(CacheCredentials, cache(SecretString={"Ref": "AWS::NoValue"})) == []
    assert findings(CacheCredentials, cache({"Fn::ImportValue": "Secret"})) == []


@pytest.mark.parametrize(
    "name", [{"Ref": "Name"}, {"Fn::Sub": "ecr-pull${Name}"}, {"Fn::Sub": "ecr-pullthroughcache/${Name}"}]
)
def test_a_name_that_may_still_turn_out_right_leaves_it_open(name: object) -> None:
    template = {"Parameters": parameters("Name"), "Resources": cache(Name=name)}
    assert findings(CacheCredentials, template) == []
