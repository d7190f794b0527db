from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConstructsEcsError, InvalidValueError
from constructs_ecs.operators import NamedCluster
from constructs_ecs.operators.policy_clusters import locate
from tests.scene import scene
from tests.support import stack

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": None},
        {"name": "web cluster"},
        {"name": "n" * 256},
        {"name": "arn:aws:ecs:eu-west-1:111122223333:cluster/web"},
        {"account": "1234"},
        {"account": 111122223333},
        {"account": "1*"},
        {"region": "*"},
        {"region": "Ireland"},
        {"session_key_arn": "alias/exec"},
        {"session_key_arn": "arn:aws:kms:eu-west-1:111122223333:alias/exec"},
        {"session_key_arn": "*"},
    ],
)
def test_what_aws_would_not_take_for_a_cluster_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        NamedCluster(**{"name": "web", **changes})
    assert caught.value.code is Code.EXEC_ACCESS


@pytest.mark.parametrize(
    "region", ["eu-west-1", "us-gov-east-1", "cn-northwest-1", "ap-southeast-7", "us-isob-east-1", "eusc-de-east-1"]
)
def test_every_region_s_name_is_taken(region: str) -> None:
    assert NamedCluster(name="web", region=region, account="*", session_key_arn=KEY).region == region


@given(
    name=st.one_of(st.text(), st.none(), st.integers()),
    account=st.one_of(st.text(), st.none(), st.integers()),
    region=st.one_of(st.text(), st.none(), st.floats()),
    key=st.one_of(st.text(), st.none(), st.booleans()),
)
def test_any_input_is_a_cluster_or_our_error(name: Any, account: Any, region: Any, key: Any) -> None:  # noqa: ANN401 - bad input
    try:
        NamedCluster(name=name, account=account, region=region, session_key_arn=key)
    except ConstructsEcsError:
        return


def test_a_named_cluster_is_in_the_policy_s_account_and_region_unless_it_says_otherwise() -> None:
    scope = stack(env=cdk.Environment(account="111122223333", region="eu-west-1"))

    here = locate(NamedCluster(name="web"), scope)
    there = locate(NamedCluster(name="web", account="444455556666", region="us-east-1"), scope)
    assert (here.account, here.region) == ("111122223333", "eu-west-1")
    assert (there.account, there.region) == ("444455556666", "us-east-1")


def test_a_cluster_of_the_app_is_where_it_is_made() -> None:
    root = cdk.App()
    workload = cdk.Stack(root, "Workload", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    security = cdk.Stack(root, "Security", env=cdk.Environment(account="111122223333", region="us-east-1"))

    found = locate(scene(scope=workload, cluster_name="web").cluster, security)
    assert (found.account, found.region) == ("111122223333", "eu-west-1")
