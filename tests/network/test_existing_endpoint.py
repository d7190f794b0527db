"""How an endpoint that exists is named."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConstructsEcsError, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.network import ExistingEndpoint
from constructs_ecs.network.existing_endpoint import checked_existing
from tests.support import stack, template


def group() -> ec2.ISecurityGroup:
    return ec2.SecurityGroup.from_security_group_id(stack(), "Group", "sg-0123456789abcdef0")


def test_the_s3_gateway_is_named_by_nothing() -> None:
    assert ExistingEndpoint().is_gateway
    assert checked_existing({Endpoint.S3: ExistingEndpoint()}) == {Endpoint.S3: ExistingEndpoint()}


@pytest.mark.parametrize("endpoint", [each for each in Endpoint if each is not Endpoint.S3])
def test_an_interface_endpoint_is_named_by_its_group_or_its_addresses(endpoint: Endpoint) -> None:
    with pytest.raises(InvalidValueError) as caught:
        checked_existing({endpoint: ExistingEndpoint()})
    assert caught.value.code is Code.SETTING
    assert endpoint.name in caught.value.problem
    for named in (ExistingEndpoint(security_group=group()), ExistingEndpoint(cidrs=("10.9.0.0/24",))):
        assert checked_existing({endpoint: named}) == {endpoint: named}
        assert not named.is_gateway


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"cidrs": "10.9.0.0/24"}, Code.SETTING),
        ({"cidrs": None}, Code.SETTING),
        ({"cidrs": ["10.9.0.0/24"]}, Code.SETTING),
        ({"cidrs": ("10.9.0.1/24",)}, Code.CIDR),
        ({"cidrs": ("the hub",)}, Code.CIDR),
        ({"cidrs": (None,)}, Code.CIDR),
        ({"cidrs": ("0.0.0.0/0",)}, Code.CIDR),
        ({"cidrs": ("::/0",)}, Code.CIDR),
        ({"cidrs": ("10.9.0.0/24",), "admits_clients": "yes"}, Code.SETTING),
        ({"cidrs": ("10.9.0.0/24",), "admits_clients": True}, Code.SETTING),
        ({"admits_clients": True}, Code.SETTING),
        ({"security_group": "sg-0123456789abcdef0"}, Code.SETTING),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], code: Code) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ExistingEndpoint(**options)
    assert caught.value.code is code


def test_a_group_and_addresses_are_one_too_many() -> None:
    with pytest.raises(InvalidValueError) as caught:
        ExistingEndpoint(security_group=group(), cidrs=("10.9.0.0/24",))
    assert caught.value.code is Code.SETTING


def test_a_group_that_is_imported_as_immutable_is_taken_where_it_admits_the_clients() -> None:
    scope = stack()
    sealed = ec2.SecurityGroup.from_security_group_id(scope, "Group", "sg-0123456789abcdef0", mutable=False)
    admitting = ExistingEndpoint(security_group=sealed, admits_clients=True)
    assert checked_existing({Endpoint.LOGS: admitting}) == {Endpoint.LOGS: admitting}
    with pytest.raises(InvalidValueError, match="Test/Group, that of KMS") as caught:
        checked_existing({Endpoint.KMS: ExistingEndpoint(security_group=sealed)})
    assert caught.value.code is Code.SETTING


def test_looking_whether_a_group_may_be_changed_changes_none() -> None:
    scope = stack()
    ec2.SecurityGroup(scope, "Made", vpc=ec2.Vpc(scope, "Vpc"))
    before = template(scope)
    scope = stack()
    made = ec2.SecurityGroup(scope, "Made", vpc=ec2.Vpc(scope, "Vpc"))
    imported = ec2.SecurityGroup.from_security_group_id(scope, "Imported", "sg-0123456789abcdef0")
    looked_up = ec2.SecurityGroup.from_security_group_id(scope, "Closed", "sg-1", allow_all_outbound=False)
    for endpoint, each in zip(Endpoint, (made, imported, looked_up), strict=False):
        assert checked_existing({endpoint: ExistingEndpoint(security_group=each)})
    assert template(scope) == before


def test_a_token_of_a_block_is_taken_as_it_is() -> None:
    hub = cdk.Fn.import_value("Hub")
    assert ExistingEndpoint(cidrs=(hub,)).cidrs == (hub,)


@given(st.tuples(st.text() | st.ip_addresses(v=4).map(lambda address: f"{address}/24") | st.integers() | st.none()))
def test_any_block_gives_an_endpoint_or_our_error(cidrs: tuple[Any, ...]) -> None:
    try:
        assert ExistingEndpoint(cidrs=cidrs).cidrs == cidrs
    except ConstructsEcsError as error:
        assert error.code is Code.CIDR
