"""The rules that lead to endpoints that are there already."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from constructs import DependencyGroup

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.network import ExistingEndpoint
from constructs_ecs.network.existing_rules import ExistingRules
from tests.support import app, of_type, stack, template

FIRST, SECOND = "sg-0123456789abcdef0", "sg-0123456789abcdef1"
OUT, INTO = "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"


def named(scope: cdk.Stack, construct_id: str, group_id: str) -> ec2.ISecurityGroup:
    return ec2.SecurityGroup.from_security_group_id(scope, construct_id, group_id)


def joined(
    scope: cdk.Stack, endpoints: dict[Endpoint, ExistingEndpoint], *order: Endpoint
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The properties of the rules out and in, by logical id, when the endpoints are needed in an order."""
    rules = ExistingRules(
        scope,
        clients=named(scope, "Clients", "sg-0123456789abcdeff"),
        endpoints=endpoints,
        ready=DependencyGroup(),
    )
    for endpoint in order or endpoints:
        rules.join(endpoint)
    made = template(scope)
    out, into = ({key: each["Properties"] for key, each in of_type(made, kind).items()} for kind in (OUT, INTO))
    return out, into


def test_endpoints_that_share_a_group_share_its_rules() -> None:
    scope = stack()
    group = ExistingEndpoint(security_group=named(scope, "Group", FIRST))
    again = ExistingEndpoint(security_group=named(scope, "Again", FIRST))
    other = ExistingEndpoint(security_group=named(scope, "Other", SECOND))
    endpoints = {Endpoint.LOGS: group, Endpoint.KMS: group, Endpoint.SSM: again, Endpoint.STS: other}
    out, into = joined(scope, endpoints)
    assert sorted(rule["DestinationSecurityGroupId"] for rule in out.values()) == [FIRST, SECOND]
    assert sorted(rule["GroupId"] for rule in into.values()) == [FIRST, SECOND]


def test_two_imports_of_one_export_are_one_group() -> None:
    scope = stack()
    first, second = (named(scope, each, cdk.Fn.import_value("EndpointGroup")) for each in ("First", "Second"))
    endpoints = {
        Endpoint.LOGS: ExistingEndpoint(security_group=first),
        Endpoint.KMS: ExistingEndpoint(security_group=second),
    }
    out, into = joined(scope, endpoints)
    assert (len(out), len(into)) == (1, 1)


def test_groups_and_blocks_of_the_same_name_in_two_stacks_are_two() -> None:
    root = app()
    here = cdk.Stack(root, "Here")
    endpoints = {}
    for endpoint, hub in ((Endpoint.LOGS, cdk.Stack(root, "Hub1")), (Endpoint.KMS, cdk.Stack(root, "Hub2"))):
        vpc = ec2.Vpc(hub, "Vpc", max_azs=1, nat_gateways=0)
        endpoints[endpoint] = ExistingEndpoint(security_group=ec2.SecurityGroup(hub, "Group", vpc=vpc))
        aside = Endpoint.SSM if endpoint is Endpoint.LOGS else Endpoint.STS
        endpoints[aside] = ExistingEndpoint(cidrs=(vpc.vpc_cidr_block,))
    out, into = joined(here, endpoints)
    assert (len(out), len(into)) == (4, 2)


def test_a_group_that_admits_the_clients_is_not_touched() -> None:
    scope = stack()
    existing = ExistingEndpoint(security_group=named(scope, "Group", FIRST), admits_clients=True)
    out, into = joined(scope, {Endpoint.LOGS: existing})
    assert (len(out), len(into)) == (1, 0)


def test_a_group_admits_the_clients_or_does_not() -> None:
    scope = stack()
    endpoints = {
        Endpoint.LOGS: ExistingEndpoint(security_group=named(scope, "Group", FIRST), admits_clients=True),
        Endpoint.KMS: ExistingEndpoint(security_group=named(scope, "Again", FIRST)),
    }
    with pytest.raises(InvalidValueError) as caught:
        joined(scope, endpoints)
    assert caught.value.code is Code.SETTING
    assert "KMS" in caught.value.problem


def test_each_block_has_a_rule_however_often_and_however_it_is_written() -> None:
    scope = stack()
    office = cdk.CfnParameter(scope, "Hub").value_as_string
    endpoints = {
        Endpoint.LOGS: ExistingEndpoint(cidrs=("10.9.0.0/24", "2001:db8::/56", office)),
        Endpoint.KMS: ExistingEndpoint(cidrs=("10.9.0.0/24", "10.9.1.0/24", "2001:0db8::/56", office)),
    }
    out, into = joined(scope, endpoints)
    assert not into
    assert sorted(rule["CidrIp"] for rule in out.values() if isinstance(rule.get("CidrIp"), str)) == [
        "10.9.0.0/24",
        "10.9.1.0/24",
    ]
    assert [rule["CidrIpv6"] for rule in out.values() if "CidrIpv6" in rule] == ["2001:db8::/56"]
    assert [rule["CidrIp"] for rule in out.values() if isinstance(rule.get("CidrIp"), dict)] == [{"Ref": "Hub"}]


def test_blocks_that_cannot_be_told_apart_are_refused() -> None:
    root = app()
    here, first, second = (cdk.Stack(root, name) for name in ("Here", "Hub1", "Hub2"))
    vpcs = [ec2.Vpc(hub, "Vpc", max_azs=1, nat_gateways=0) for hub in (first, second)]
    blocks = tuple(cdk.Fn.select(0, cdk.Fn.split(",", vpc.vpc_cidr_block)) for vpc in vpcs)
    with pytest.raises(InvalidValueError) as caught:
        joined(here, {Endpoint.LOGS: ExistingEndpoint(cidrs=blocks)})
    assert caught.value.code is Code.CIDR


def test_a_rule_has_one_id_whichever_endpoint_is_named_or_needed_first() -> None:
    ids = []
    for order in ((Endpoint.LOGS, Endpoint.KMS), (Endpoint.KMS, Endpoint.LOGS)):
        scope = stack()
        group = named(scope, "Group", FIRST)
        mixed = ExistingEndpoint(security_group=group)
        out, into = joined(scope, dict.fromkeys(order, mixed))
        ids.append({*out, *into})
    assert ids[0] == ids[1]


@pytest.mark.parametrize("named_first", [Endpoint.LOGS, Endpoint.KMS])
@pytest.mark.parametrize("needed_first", [Endpoint.LOGS, Endpoint.KMS])
def test_a_group_given_as_two_constructs_has_rules_of_one_id(named_first: Endpoint, needed_first: Endpoint) -> None:
    scope = stack()
    both = {
        endpoint: ExistingEndpoint(security_group=named(scope, f"Of{endpoint.name}", FIRST))
        for endpoint in (Endpoint.LOGS, Endpoint.KMS)
    }
    order = sorted(both, key=lambda each: each is not named_first)
    needs = sorted(both, key=lambda each: each is not needed_first)
    out, into = joined(scope, {each: both[each] for each in order}, *needs)
    first = min(both, key=list(Endpoint).index)
    assert all(f"Of{first.name}" in logical_id for logical_id in (*out, *into))
    assert (len(out), len(into)) == (1, 1)


def test_the_endpoint_that_is_first_names_the_rule_also_if_it_is_never_needed() -> None:
    scope = stack()
    both = {
        endpoint: ExistingEndpoint(security_group=named(scope, f"Of{endpoint.name}", FIRST))
        for endpoint in (Endpoint.LOGS, Endpoint.KMS)
    }
    first = min(both, key=list(Endpoint).index)
    (other,) = set(both) - {first}
    out, _ = joined(scope, both, other)
    (logical_id,) = out
    assert f"Of{first.name}" in logical_id


def test_a_rule_s_id_says_nothing_of_the_stage_it_is_in() -> None:
    ids = []
    for name in ("Test", "Prod"):
        stage = cdk.Stage(app(), name)
        scope, hub = (cdk.Stack(stage, each) for each in ("Here", "Hub"))
        vpc = ec2.Vpc(hub, "Vpc", max_azs=1, nat_gateways=0)
        endpoints = {
            Endpoint.LOGS: ExistingEndpoint(security_group=ec2.SecurityGroup(hub, "Group", vpc=vpc)),
            Endpoint.KMS: ExistingEndpoint(cidrs=(vpc.vpc_cidr_block,)),
        }
        out, into = joined(scope, endpoints)
        ids.append({*out, *into})
    assert len(ids[0]) == 3
    assert ids[0] == ids[1]
