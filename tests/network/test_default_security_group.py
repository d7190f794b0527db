"""The default security group, left alone or closed on request."""

from functools import cache
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest

from constructs_ecs.network import PrivateNetwork
from tests.meaning import permissions
from tests.support import of_type, only, stack, template


class ClientError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class Ec2:
    """An EC2 API that remembers what was revoked, or refuses."""

    def __init__(self, refuses: str | None = None) -> None:
        self.refuses = refuses
        self.revoked: list[tuple[str, dict[str, Any]]] = []

    def _revoke(self, direction: str, rule: dict[str, Any]) -> None:
        if self.refuses is not None:
            raise ClientError(self.refuses)
        self.revoked.append((direction, rule))

    def revoke_security_group_ingress(self, **rule: Any) -> None:  # noqa: ANN401 - boto3's
        self._revoke("in", rule)

    def revoke_security_group_egress(self, **rule: Any) -> None:  # noqa: ANN401 - boto3's
        self._revoke("out", rule)


@cache
def built() -> dict[str, Any]:
    scope = stack()
    PrivateNetwork(scope, "Network", close_default_security_group=True)
    return template(scope)


def call(request: str, ec2: Ec2) -> dict[str, Any]:
    """Run the function as Lambda would, and return what it answers to CloudFormation."""
    answers: list[dict[str, Any]] = []

    def send(_event: object, _context: object, status: str, _data: object, who: str, reason: str = "") -> None:
        answers.append({"status": status, "id": who, "reason": reason})

    boto3, cfnresponse, botocore = ModuleType("boto3"), ModuleType("cfnresponse"), ModuleType("botocore.exceptions")
    vars(boto3)["client"] = lambda _service: ec2
    vars(cfnresponse).update(send=send, SUCCESS="SUCCESS", FAILED="FAILED")
    vars(botocore)["ClientError"] = ClientError
    modules = {
        "boto3": boto3,
        "cfnresponse": cfnresponse,
        "botocore": ModuleType("botocore"),
        "botocore.exceptions": botocore,
    }
    scope: dict[str, Any] = {}
    with patch.dict("sys.modules", modules):
        exec(only(built(), "AWS::Lambda::Function")["Code"]["ZipFile"], scope)  # noqa: S102 - the code under test
        scope["handler"]({"RequestType": request, "ResourceProperties": {"GroupId": "sg-1"}}, None)
    (answer,) = answers
    return answer


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_both_rules_of_the_default_group_are_removed(request_type: str) -> None:
    ec2 = Ec2()
    assert call(request_type, ec2)["status"] == "SUCCESS"
    (first, into), (second, out) = ec2.revoked
    assert (first, second) == ("in", "out")
    assert into == {
        "GroupId": "sg-1",
        "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1"}]}],
    }
    assert out == {"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}


def test_a_rule_that_is_gone_already_is_no_failure() -> None:
    assert call("Create", Ec2("InvalidPermission.NotFound"))["status"] == "SUCCESS"


def test_any_other_refusal_fails_the_deployment_with_its_reason() -> None:
    answer = call("Create", Ec2("UnauthorizedOperation"))
    assert answer == {"status": "FAILED", "id": "sg-1", "reason": "UnauthorizedOperation"}


def test_nothing_is_done_when_the_stack_is_deleted() -> None:
    ec2 = Ec2("UnauthorizedOperation")
    assert call("Delete", ec2)["status"] == "SUCCESS"


def test_the_function_is_given_the_default_group_of_the_vpc() -> None:
    (vpc,) = of_type(built(), "AWS::EC2::VPC")
    resource = only(built(), "Custom::ClosedDefaultSecurityGroup")
    (function,) = of_type(built(), "AWS::Lambda::Function")
    assert resource["GroupId"] == {"Fn::GetAtt": [vpc, "DefaultSecurityGroup"]}
    assert resource["ServiceToken"] == {"Fn::GetAtt": [function, "Arn"]}


def test_the_function_may_remove_rules_of_that_group_and_nothing_else() -> None:
    (vpc,) = of_type(built(), "AWS::EC2::VPC")
    ((_, atoms),) = [item for item in permissions(built()).items() if "CloseDefaultSecurityGroupRolePolicy" in item[0]]
    assert {action for _, _, action, _, _ in atoms} == {
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
    }
    assert all(resource.endswith(f":security-group/<{vpc}.DefaultSecurityGroup>") for _, _, _, resource, _ in atoms)


def test_two_networks_of_a_stack_close_their_groups_each() -> None:
    scope = stack()
    PrivateNetwork(scope, "First", close_default_security_group=True, endpoints="needed")
    PrivateNetwork(scope, "Second", close_default_security_group=True, endpoints="needed")
    assert len(of_type(template(scope), "Custom::ClosedDefaultSecurityGroup")) == 2
