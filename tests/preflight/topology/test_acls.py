from typing import Any

import pytest

from constructs_ecs.preflight.findings import Fault, Verdict
from constructs_ecs.preflight.topology import Reach
from tests.preflight.topology.scene import (
    DOCKER_HUB,
    ISOLATED,
    LOGS,
    S3,
    WITH_NAT,
    broken,
    changed,
    faults,
    reach,
    read,
)

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
ALL = (1, "allow", -1, None, "0.0.0.0/0")
"""Number, action, protocol, ports, block."""
HTTPS = (10, "allow", 6, (443, 443), "0.0.0.0/0")
REPLIES = (20, "allow", 6, (1024, 65535), "0.0.0.0/0")
Row = tuple[Any, str, Any, tuple[int, int] | None, Any]


def acl(subnet: str, *, out: tuple[Row, ...], into: tuple[Row, ...]) -> dict[str, Any]:
    made = read(f"""
{subnet}Acl: {{Type: AWS::EC2::NetworkAcl, Properties: {{VpcId: !Ref Vpc}}}}
{subnet}AclAssociation:
  Type: AWS::EC2::SubnetNetworkAclAssociation
  Properties: {{SubnetId: !Ref {subnet}, NetworkAclId: !Ref {subnet}Acl}}
""")
    for egress, rows in ((True, out), (False, into)):
        for place, row in enumerate(rows):
            made[f"{subnet}{'Out' if egress else 'In'}{place}"] = entry({"Ref": f"{subnet}Acl"}, row, egress=egress)
    return made


def entry(acl_id: object, row: Row, *, egress: bool) -> dict[str, Any]:
    number, action, protocol, ports, cidr = row
    properties = {
        "NetworkAclId": acl_id,
        "RuleNumber": number,
        "RuleAction": action,
        "Protocol": protocol,
        "CidrBlock": cidr,
        "Egress": egress,
    }
    if ports is not None:
        properties["PortRange"] = {"From": ports[0], "To": ports[1]}
    return {"Type": "AWS::EC2::NetworkAclEntry", "Properties": properties}


def logs(*acls: dict[str, Any]) -> Reach:
    merged = {name: data for each in acls for name, data in each.items()}
    return reach({**ISOLATED, **merged}, LOGS)


def test_an_acl_that_opens_the_port_and_the_replies_is_enough() -> None:
    client = acl("Subnet", out=(HTTPS,), into=(REPLIES,))
    server = acl("EndpointSubnet", out=(REPLIES,), into=(HTTPS,))
    assert logs(client).verdict is PASS
    assert logs(client, server).verdict is PASS


@pytest.mark.parametrize(
    ("subnet", "out", "into"),
    [
        ("Subnet", (), (REPLIES,)),
        ("Subnet", (HTTPS,), ()),
        ("Subnet", (HTTPS,), (HTTPS,)),
        ("EndpointSubnet", (REPLIES,), ()),
        ("EndpointSubnet", (), (HTTPS,)),
        ("Subnet", ((5, "deny", 6, (443, 443), "10.0.1.0/24"), HTTPS), (REPLIES,)),
        ("Subnet", ((5, "deny", -1, None, "0.0.0.0/0"), HTTPS), (REPLIES,)),
        ("Subnet", ((10, "allow", 17, (443, 443), "0.0.0.0/0"),), (REPLIES,)),
        ("Subnet", ((10, "allow", 6, (443, 443), "192.168.0.0/16"),), (REPLIES,)),
    ],
)
def test_an_acl_that_closes_one_of_the_four_directions_breaks_it(
    subnet: str, out: tuple[Row, ...], into: tuple[Row, ...]
) -> None:
    answer = logs(acl(subnet, out=out, into=into))
    assert faults(answer) == {Fault.ACL_CLOSED}
    assert broken(answer)[0].explanation == "SUBNET_ACL_RESTRICTION"
    assert any(where.logical_id.startswith(subnet) for where in broken(answer)[0].where)


def test_the_lowest_number_decides_whatever_the_order() -> None:
    deny = (200, "deny", -1, None, "0.0.0.0/0")
    assert logs(acl("Subnet", out=(deny, HTTPS), into=(deny, REPLIES))).verdict is PASS
    first = (1, "deny", 6, (443, 443), "0.0.0.0/0")
    assert logs(acl("Subnet", out=(HTTPS, first), into=(REPLIES,))).verdict is FAIL


@pytest.mark.parametrize(
    ("replies", "verdict"),
    [
        ((1024, 65535), PASS),
        ((32768, 60999), PASS),
        ((32768, 61000), PASS),
        ((32768, 40000), UNKNOWN),
        ((49152, 65535), UNKNOWN),
        ((1024, 32767), FAIL),
    ],
)
def test_replies_come_back_to_the_ports_that_linux_uses(replies: tuple[int, int], verdict: Verdict) -> None:
    into = ((20, "allow", 6, replies, "0.0.0.0/0"),)
    assert logs(acl("Subnet", out=(HTTPS,), into=into)).verdict is verdict


def test_two_rules_may_open_the_replies_together() -> None:
    halves = ((20, "allow", 6, (1024, 40000), "0.0.0.0/0"), (21, "allow", 6, (40001, 65535), "0.0.0.0/0"))
    assert logs(acl("Subnet", out=(HTTPS,), into=halves)).verdict is PASS


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ((5, "deny", 6, (443, 443), {"Ref": "Param"}), UNKNOWN),
        ((5, "deny", {"Ref": "Param"}, None, "0.0.0.0/0"), UNKNOWN),
        ((5, {"Ref": "Param"}, -1, None, "0.0.0.0/0"), UNKNOWN),
        (({"Ref": "Param"}, "deny", -1, None, "0.0.0.0/0"), UNKNOWN),
        ((5, "deny", 6, (443, 443), "10.0.1.0/28"), UNKNOWN),
        ((5, "deny", 6, None, "0.0.0.0/0"), UNKNOWN),
        ((5, "allow", 6, (443, 443), {"Ref": "Param"}), PASS),
        ((5, "deny", 6, (443, 443), "10.9.0.0/16"), PASS),
    ],
)
def test_a_rule_that_may_match_leaves_it_open_unless_it_says_the_same(row: Row, verdict: Verdict) -> None:
    resources = {**ISOLATED, **acl("Subnet", out=(row, HTTPS), into=(REPLIES,))}
    body = {"Parameters": {"Param": {"Type": "String"}}, "Resources": resources}
    assert reach(body, LOGS).verdict is verdict


def test_a_rule_for_ipv6_is_none_for_ipv4() -> None:
    closed = acl("Subnet", out=(HTTPS,), into=(REPLIES,))
    del closed["SubnetOut0"]["Properties"]["CidrBlock"]
    closed["SubnetOut0"]["Properties"]["Ipv6CidrBlock"] = "::/0"
    assert logs(closed).verdict is FAIL


def test_a_rule_of_which_the_direction_is_not_known_leaves_it_open() -> None:
    made = acl("Subnet", out=(HTTPS,), into=(REPLIES,))
    made["SubnetOut0"]["Properties"]["Egress"] = {"Ref": "Param"}
    assert (
        reach({"Parameters": {"Param": {"Type": "String"}}, "Resources": {**ISOLATED, **made}}, LOGS).verdict is UNKNOWN
    )


def test_an_acl_filters_nothing_within_a_subnet() -> None:
    closed = {**changed(ISOLATED, LogsEndpoint={"SubnetIds": [{"Ref": "Subnet"}]}), **acl("Subnet", out=(), into=())}
    assert reach(closed, LOGS).verdict is PASS


def test_an_endpoint_with_one_closed_subnet_of_two_may_do() -> None:
    third = read("Third: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}")
    both = changed(ISOLATED, LogsEndpoint={"SubnetIds": [{"Ref": "EndpointSubnet"}, {"Ref": "Third"}]})
    closed = acl("EndpointSubnet", out=(), into=())
    assert reach({**both, **third, **closed}, LOGS).verdict is UNKNOWN


def test_the_default_acl_lets_all_through_and_can_be_closed() -> None:
    default = {"Fn::GetAtt": ["Vpc", "DefaultNetworkAcl"]}
    deny = entry(default, (50, "deny", 6, (443, 443), "0.0.0.0/0"), egress=True)
    answer = reach({**ISOLATED, "Deny": deny}, LOGS)
    assert faults(answer) == {Fault.ACL_CLOSED}
    late = entry(default, (101, "deny", 6, (443, 443), "0.0.0.0/0"), egress=True)
    assert reach({**ISOLATED, "Deny": late}, LOGS).verdict is PASS


def test_an_acl_that_is_not_in_the_templates_is_unknown_unless_assumed_open() -> None:
    association = read("""
    Filter: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Subnet, NetworkAclId: acl-1}}
    """)
    resources = {**ISOLATED, **association}
    assert reach(resources, LOGS).verdict is UNKNOWN
    assert reach(resources, LOGS, assume=("vpc=private-dns",)).verdict is PASS


def test_an_acl_whose_rules_may_be_elsewhere_is_unknown() -> None:
    body = {
        "Parameters": {"Acl": {"Type": "String"}},
        "Resources": {
            **ISOLATED,
            **acl("Subnet", out=(), into=()),
            "Stray": entry({"Ref": "Acl"}, HTTPS, egress=True),
        },
    }
    assert reach(body, LOGS).verdict is UNKNOWN


def test_s3_and_hosts_are_filtered_at_public_addresses() -> None:
    private = acl(
        "Subnet",
        out=((10, "allow", 6, (443, 443), "10.0.0.0/16"),),
        into=((20, "allow", 6, (1024, 65535), "10.0.0.0/16"),),
    )
    assert faults(reach({**ISOLATED, **private}, S3)) == {Fault.ACL_CLOSED}
    assert reach({**ISOLATED, **private}, LOGS).verdict is PASS
    assert faults(reach({**WITH_NAT, **private}, DOCKER_HUB, groups="OpenGroup")) == {Fault.ACL_CLOSED}
    some = acl("Subnet", out=((10, "allow", 6, (443, 443), "52.0.0.0/8"),), into=(REPLIES,))
    assert reach({**ISOLATED, **some}, S3).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("out", "into", "verdict"),
    [
        ((ALL,), (ALL,), PASS),
        ((HTTPS, REPLIES), (HTTPS, REPLIES), PASS),
        ((HTTPS,), (HTTPS, REPLIES), FAIL),
        ((REPLIES,), (HTTPS, REPLIES), FAIL),
        ((HTTPS, REPLIES), (HTTPS,), FAIL),
        ((HTTPS, REPLIES), (REPLIES,), FAIL),
        ((ALL,), (HTTPS, (15, "deny", 6, (3389, 3389), "0.0.0.0/0"), REPLIES), PASS),
        ((ALL,), (HTTPS, (20, "allow", 6, (32768, 65535), "0.0.0.0/0")), UNKNOWN),
    ],
)
def test_the_acl_of_the_nat_gateways_subnet_counts(
    out: tuple[Row, ...], into: tuple[Row, ...], verdict: Verdict
) -> None:
    resources = {**WITH_NAT, **acl("PublicSubnet", out=out, into=into)}
    assert reach(resources, DOCKER_HUB, groups="OpenGroup").verdict is verdict
