"""Telling values apart that may be known only when they are deployed."""

import re

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.network.identity import identities, place, spelled
from tests.support import app, stack


def test_literals_are_themselves() -> None:
    scope = stack()
    assert identities(scope, ["a", "b", "a"]) == ["a", "b", "a"]
    assert identities(scope, []) == []


def test_tokens_of_one_export_are_one_value() -> None:
    scope = stack()
    first, second, other = (cdk.Fn.import_value(name) for name in ("One", "One", "Other"))
    same, again, differs, literal = identities(scope, [first, second, other, "One"])
    assert same == again
    assert len({same, differs, literal}) == 3


def test_resources_of_the_same_name_in_two_stacks_are_two() -> None:
    root = app()
    here = cdk.Stack(root, "Here")
    blocks = [
        ec2.Vpc(cdk.Stack(root, name), "Vpc", max_azs=1, nat_gateways=0).vpc_cidr_block for name in ("Hub1", "Hub2")
    ]
    assert len(set(identities(here, blocks))) == 2
    assert len({spelled(here, block) for block in blocks}) == 2
    again = [cdk.Fn.select(0, cdk.Fn.split(",", block)) for block in blocks]
    assert len(set(identities(here, again))) == 2


@given(st.text())
def test_a_text_is_spelled_as_a_construct_id_can_be(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9.:_-]*", spelled(stack_once, text))


stack_once = stack()


def test_a_token_is_spelled_by_what_it_stands_for() -> None:
    scope = stack()
    parameter = cdk.CfnParameter(scope, "Hub")
    assert spelled(scope, parameter.value_as_string) == "Hub-_Ref_:_Hub"
    assert "Token" not in spelled(scope, cdk.Fn.import_value("Hub"))


def test_a_place_is_within_the_stack_or_else_within_the_stage() -> None:
    stage = cdk.Stage(app(), "Prod")
    here, there = cdk.Stack(stage, "Here"), cdk.Stack(stage, "There")
    assert place(here, cdk.CfnParameter(here, "One")) == "One"
    assert place(here, cdk.CfnParameter(there, "One")) == "There/One"
    root = app()
    assert place(cdk.Stack(root, "Here"), cdk.CfnParameter(cdk.Stack(root, "There"), "One")) == "There/One"
