import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n18_network_acl import NetworkAcl
from tests.preflight.rules.support_network import Change, added, attribute, ref
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

ALL = {"Protocol": -1, "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}


def entry(number: int, *, egress: bool, **properties: object) -> tuple[str, dict[str, object]]:
    return "EC2::NetworkAclEntry", {
        "NetworkAclId": ref("Acl"),
        "RuleNumber": number,
        "Egress": egress,
        **ALL,
        **properties,
    }


def acl(**entries: tuple[str, dict[str, object]]) -> Change:
    return added(
        Acl=("EC2::NetworkAcl", {"VpcId": ref("Vpc")}),
        AclOfA=("EC2::SubnetNetworkAclAssociation", {"SubnetId": ref("SubnetA"), "NetworkAclId": ref("Acl")}),
        AclOfB=("EC2::SubnetNetworkAclAssociation", {"SubnetId": ref("SubnetB"), "NetworkAclId": ref("Acl")}),
        **entries,
    )


def tcp(first: int, last: int) -> dict[str, object]:
    return {"Protocol": 6, "PortRange": {"From": first, "To": last}}


IN, OUT = entry(100, egress=False), entry(100, egress=True)


def test_an_acl_without_rules_lets_nothing_through() -> None:
    found = findings(NetworkAcl, fixture("fargate", acl()))
    assert [each.severity for each in found] == [Severity.START, Severity.EXEC]
    assert {each.where.logical_id for each in found} == {"Acl"}
    assert found[0].fix.endswith("in the network ACL Acl.")


@pytest.mark.parametrize(
    "entries",
    [
        {"In": IN, "Out": entry(100, egress=True, **tcp(80, 80))},
        {"In": entry(100, egress=False, **tcp(443, 443)), "Out": OUT},
    ],
    ids=["the request", "the replies"],
)
def test_request_and_replies_both_have_to_get_through(entries: dict[str, tuple[str, dict[str, object]]]) -> None:
    assert findings(NetworkAcl, fixture("fargate", acl(**entries))) != []


def test_a_rule_that_denies_is_named() -> None:
    deny = entry(50, egress=True, RuleAction="deny", **tcp(443, 443))
    found = findings(NetworkAcl, fixture("fargate", acl(In=IN, Out=OUT, Deny=deny)))
    assert {each.where.logical_id for each in found} == {"Deny"}
    assert found[0].fix.startswith("Take out or narrow the rule Deny")


@pytest.mark.parametrize(
    "entries",
    [
        {"In": IN, "Out": OUT},
        {
            "RequestsIn": entry(100, egress=False, **tcp(443, 443)),
            "RepliesIn": entry(110, egress=False, **tcp(1024, 65535)),
            "RequestsOut": entry(100, egress=True, **tcp(443, 443)),
            "RepliesOut": entry(110, egress=True, **tcp(1024, 65535)),
        },
        {"In": IN, "Out": OUT, "Late": entry(200, egress=True, RuleAction="deny")},
    ],
    ids=["all", "the ports", "a denial that comes too late"],
)
def test_an_acl_that_lets_both_through_passes(entries: dict[str, tuple[str, dict[str, object]]]) -> None:
    assert findings(NetworkAcl, fixture("fargate", acl(**entries))) == []


def test_the_vpc_s_default_acl_lets_all_through() -> None:
    assert findings(NetworkAcl, fixture("fargate")) == findings(NetworkAcl, fixture("ec2")) == []


@pytest.mark.parametrize(
    "change",
    [
        acl(In=IN, Out=entry(100, egress=True, CidrBlock={"Fn::ImportValue": "Cidr"})),
        acl(In=entry(100, egress=False, **tcp(1024, 40000)), Out=OUT),
        also(
            acl(In=IN, Out=OUT),
            added(
                AclOfA=("EC2::SubnetNetworkAclAssociation", {"SubnetId": ref("SubnetA"), "NetworkAclId": "acl-1"}),
                AclOfB=("EC2::SubnetNetworkAclAssociation", {"SubnetId": ref("SubnetB"), "NetworkAclId": "acl-1"}),
            ),
        ),
        added(Deny=entry(200, egress=True, RuleAction="deny", NetworkAclId=attribute("Vpc", "DefaultNetworkAcl"))),
    ],
    ids=["an unknown block", "a part of the replies", "an ACL of another stack", "after the default rule"],
)
def test_what_is_not_known_or_covered_in_part_is_not_judged(change: Change) -> None:
    assert findings(NetworkAcl, fixture("fargate", change)) == []
