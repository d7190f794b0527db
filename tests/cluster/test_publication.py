"""A cluster as it is published."""

from typing import Any

import aws_cdk as cdk
import pytest

from constructs_ecs import CapacityShare, EcsCluster, ExecAudit, ExecLogging, FargateProvider
from constructs_ecs.cluster import Cluster, ExistingCluster
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.endpoints import STANDARD_ENDPOINTS, Endpoint
from constructs_ecs.network import PrivateNetwork
from tests.meaning import meaning, permissions
from tests.nag import findings
from tests.sharing import published
from tests.support import ENVIRONMENT, of_type, stack, template

PATH = "/platform/cluster"
AUDIT = {"bucket": True, "key_prefix": "exec"}


def cluster(
    scope: cdk.Stack | None = None,
    *,
    audit: dict[str, Any] | None = None,
    publish: dict[str, Any] | None = None,
    **options: Any,  # noqa: ANN401 - any option
) -> EcsCluster:
    root = stack() if scope is None else scope
    network = PrivateNetwork(root, "Network")
    exec_audit = None if audit is None else ExecAudit(root, "Audit", **audit)
    made = EcsCluster(root, "Cluster", network=network, exec_audit=exec_audit, **options)
    made.publish(PATH, **({} if publish is None else publish))
    return made


def of(made: Cluster) -> dict[str, Any]:
    values = published(template(cdk.Stack.of(made)))
    return {name.removeprefix(f"{PATH}/"): value for name, value in values.items() if name.startswith(PATH)}


def endpoints(made: EcsCluster) -> set[Endpoint]:
    told: set[Endpoint] = set()
    made.network.on_endpoint(told.add)
    return told - set(STANDARD_ENDPOINTS)


@pytest.fixture(scope="module")
def audited() -> EcsCluster:
    return cluster(audit=AUDIT)


def test_what_a_service_needs_of_the_cluster_is_published(audited: EcsCluster) -> None:
    made = template(cdk.Stack.of(audited))
    (key,), (bucket,) = of_type(made, "AWS::KMS::Key"), of_type(made, "AWS::S3::Bucket")
    (name,) = of_type(made, "AWS::ECS::Cluster")
    (group,) = (each for each in of_type(made, "AWS::Logs::LogGroup") if each.startswith("Audit"))
    key_arn = {"Fn::GetAtt": [key, "Arn"]}
    assert of(audited) == {
        "schema-version": "1",
        "cluster-name": {"Ref": name},
        "cluster-arn": {"Fn::GetAtt": [name, "Arn"]},
        "default-strategy": "none",
        "exec/configuration": "OVERRIDE session-key log-group log-group-key bucket bucket-key key-prefix",
        "exec/session-key-arn": key_arn,
        "exec/log-group-name": {"Ref": group},
        "exec/log-group-key-arn": key_arn,
        "exec/bucket-name": {"Ref": bucket},
        "exec/bucket-key-arn": key_arn,
        "exec/key-prefix": "exec",
    }


def test_what_exec_sessions_need_is_seen_to_in_the_network(audited: EcsCluster) -> None:
    actions: list[str] = []
    audited.network.on_s3_action(actions.append)
    assert endpoints(audited) == {Endpoint.SSM_MESSAGES, Endpoint.KMS, Endpoint.LOGS, Endpoint.S3}
    assert "s3:PutObject" in actions


def test_without_exec_in_other_apps_nothing_is_made_for_it() -> None:
    made = cluster(audit=AUDIT, publish={"enable_execute_command": False})
    assert endpoints(made) == set()
    assert "exec/session-key-arn" in of(made)


@pytest.mark.parametrize(
    ("audit", "words", "names"),
    [
        (None, "DEFAULT", set()),
        ({"logging": ExecLogging.NONE}, "NONE session-key", {"session-key-arn"}),
        (
            {},
            "OVERRIDE session-key log-group log-group-key",
            {"session-key-arn", "log-group-name", "log-group-key-arn"},
        ),
        (
            {"log_group": False, "bucket": True},
            "OVERRIDE session-key bucket bucket-key",
            {"session-key-arn", "bucket-name", "bucket-key-arn"},
        ),
    ],
)
def test_how_sessions_are_recorded_is_published_in_words_and_names(
    audit: dict[str, Any] | None, words: str, names: set[str]
) -> None:
    values = of(cluster(audit=audit))
    assert values["exec/configuration"] == words
    found = {name.removeprefix("exec/") for name in values if name.startswith("exec/")}
    assert found - {"configuration"} == names


def test_the_providers_of_fargate_are_published_where_the_cluster_has_them() -> None:
    values = of(cluster(fargate_spot=True, default_strategy=[CapacityShare(provider=FargateProvider.FARGATE_SPOT)]))
    assert values["default-strategy"] == "fargate"
    assert {name for name in values if name.startswith("capacity-providers/")} == {
        "capacity-providers/FARGATE",
        "capacity-providers/FARGATE_SPOT",
    }


FARGATE_ALONE = [CapacityShare(provider=FargateProvider.FARGATE)]


@pytest.mark.parametrize("later", [False, True])
def test_fargate_is_published_once_a_strategy_associates_it_and_spot_is_not(*, later: bool) -> None:
    made = cluster(default_strategy=None if later else FARGATE_ALONE)
    if later:
        assert made.fargate_providers == ()
        made.check_strategy(FARGATE_ALONE)
        made.check_strategy(FARGATE_ALONE)
    assert made.fargate_providers == (FargateProvider.FARGATE,)
    assert {name for name in of(made) if name.startswith("capacity-providers/")} == {"capacity-providers/FARGATE"}


def test_a_default_strategy_that_is_said_later_is_published() -> None:
    made = cluster()
    capacity = made.add_ec2_capacity("Instances", instance_type="m7i.large")
    made.set_default_strategy([CapacityShare(provider=capacity)])
    assert of(made)["default-strategy"] == "ec2"


def test_the_cluster_is_read_after_it_has_its_capacity() -> None:
    made = template(cdk.Stack.of(cluster(fargate_spot=True)))
    (association,) = of_type(made, "AWS::ECS::ClusterCapacityProviderAssociations")
    parameters = of_type(made, "AWS::SSM::Parameter").values()
    (first,) = (each for each in parameters if each["Properties"]["Name"].endswith("/schema-version"))
    assert association in first["DependsOn"]


def test_an_existing_cluster_is_published_as_it_is_stated() -> None:
    scope = stack()
    made = ExistingCluster(
        scope,
        "Cluster",
        cluster_name="shared",
        network=PrivateNetwork(scope, "Network"),
        exec_configuration="unknown",
        capacity_providers=[FargateProvider.FARGATE_SPOT],
    )
    made.publish(PATH)
    values = of(made)
    assert values["cluster-name"] == "shared"
    assert values["exec/configuration"] == "unknown"
    assert {name for name in values if "capacity" in name} == {"capacity-providers/FARGATE_SPOT"}
    assert not any("ssmmessages" in str(each) for each in of_type(template(scope), "AWS::EC2::VPCEndpoint").values())


def test_a_network_and_its_cluster_have_paths_of_their_own() -> None:
    made = cluster()
    with pytest.raises(ConflictError, match="a path of its own") as raised:
        made.network.publish(PATH)
    assert raised.value.code is Code.PUBLISH_PATH


@pytest.mark.parametrize("path", ["cluster", "/aws/cluster", None, cdk.Aws.STACK_NAME])
def test_a_path_that_is_none_is_refused_before_anything_is_made(path: Any) -> None:  # noqa: ANN401 - any value
    made = cluster()
    before = endpoints(made)
    with pytest.raises(InvalidValueError) as raised:
        made.publish(path)
    assert raised.value.code is Code.PUBLISH_PATH
    assert endpoints(made) == before


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_the_flags_of_an_app_change_nothing(env: cdk.Environment | None) -> None:
    none, every = (
        template(cdk.Stack.of(cluster(stack(flags=flags, env=env), audit=AUDIT, fargate_spot=True)))
        for flags in (False, True)
    )
    assert meaning(none) == meaning(every)
    assert permissions(none) == permissions(every)


def test_the_rule_packs_find_nothing(audited: EcsCluster) -> None:
    root = audited.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []
