from collections.abc import Iterable
from typing import Final

import pytest

from constructs_ecs.facts import features
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.needs import Needs, Permission

REGION: Final = "eu-central-1"
KEY: Final = "arn:aws:kms:eu-central-1:123456789012:key/k"
REPOSITORY: Final = "arn:aws:ecr:eu-central-1:123456789012:repository/web"
SECRET: Final = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:s-AbCdEf"  # noqa: S105 - an ARN
PARAMETER: Final = "arn:aws:ssm:eu-central-1:123456789012:parameter/p"
LOG_GROUP: Final = "arn:aws:logs:eu-central-1:123456789012:log-group:g:*"
BUCKET: Final = "arn:aws:s3:::bucket"
CLUSTER: Final = "arn:aws:ecs:eu-central-1:123456789012:cluster/c"

# Every feature, with each of its options in use.
ALL: Final = {
    "ecr_image": features.ecr_image(REPOSITORY),
    "registry_image": features.registry_image("registry.example.com"),
    "secret": features.secret(SECRET, region=REGION, key_arn=KEY),
    "ssm_parameter": features.ssm_parameter(PARAMETER, region=REGION, key_arn=KEY),
    "awslogs": features.awslogs(LOG_GROUP, region=REGION, key_arn=KEY),
    "exec_session": features.exec_session(),
    "exec_key": features.exec_key(KEY),
    "exec_log_group": features.exec_log_group(LOG_GROUP, region=REGION, key_arn=KEY),
    "exec_log_bucket": features.exec_log_bucket(BUCKET, key_prefix="sessions", key_arn=KEY),
    "container_instance": features.container_instance(CLUSTER),
    "session_manager": features.session_manager(),
    "task_token": features.task_token(),
}
SERVICES: Final = {  # the prefix of an action -> the endpoints that serve it
    "ecr": {Endpoint.ECR_API, Endpoint.ECR_DOCKER},
    "secretsmanager": {Endpoint.SECRETS_MANAGER},
    "ssm": {Endpoint.SSM},
    "ssmmessages": {Endpoint.SSM_MESSAGES},
    "logs": {Endpoint.LOGS},
    "s3": {Endpoint.S3},
    "states": {Endpoint.STEP_FUNCTIONS},
    "ecs": {Endpoint.ECS, Endpoint.ECS_AGENT, Endpoint.ECS_TELEMETRY},
}


def actions(permissions: Iterable[Permission]) -> set[str]:
    return {action for permission in permissions for action in permission.actions}


def permissions(needs: Needs) -> tuple[Permission, ...]:
    return (*needs.execution_role, *needs.task_role, *needs.instance_role)


def on(needs: Needs, resource: str) -> set[str]:
    return actions(permission for permission in permissions(needs) if resource in permission.resources)


def key_conditions(needs: Needs) -> list[object]:
    return [permission.conditions for permission in permissions(needs) if KEY in permission.resources]


def test_every_feature_is_in_this_test() -> None:
    public = {
        name
        for name, value in vars(features).items()
        if callable(value) and not name.startswith("_") and value.__module__ == features.__name__
    }

    assert public == ALL.keys()


@pytest.mark.parametrize("feature", ALL)
def test_a_feature_brings_the_endpoint_of_each_service_that_it_calls(feature: str) -> None:
    needs = ALL[feature]

    for action in actions(permissions(needs)):
        service = action.split(":", 1)[0]
        # What goes through a service to KMS is called by that service, not from the task's network.
        if service != "kms":
            assert SERVICES[service] <= needs.endpoints


@pytest.mark.parametrize("feature", ALL)
def test_a_feature_names_its_resources_wherever_they_can_be_named(feature: str) -> None:
    named = {KEY, REPOSITORY, SECRET, PARAMETER, LOG_GROUP, BUCKET, f"{BUCKET}/sessions/*", CLUSTER, "*"}

    for permission in permissions(ALL[feature]):
        assert set(permission.resources) <= named
        if any("*" in resource for resource in permission.resources):
            assert permission.reason.endswith(".")


def test_every_resource_stands_alone_only_for_actions_that_have_no_resource_level() -> None:
    wild = {action for needs in ALL.values() for action in on(needs, "*")}

    assert wild == {
        "ecr:GetAuthorizationToken",
        "ecs:DiscoverPollEndpoint",
        "ecs:Poll",
        "ecs:StartTelemetrySession",
        "ecs:UpdateContainerInstancesState",
        "logs:DescribeLogGroups",
        "ssm:UpdateInstanceInformation",
        *features.EXEC_SESSION_ACTIONS,
        *features.TASK_TOKEN_ACTIONS,
    }


@pytest.mark.parametrize("feature", ["ecr_image", "secret", "ssm_parameter", "awslogs"])
def test_what_happens_before_the_containers_start_is_the_execution_role_s(feature: str) -> None:
    needs = ALL[feature]

    assert needs.execution_role
    assert not needs.task_role
    assert not needs.instance_role


@pytest.mark.parametrize("feature", ["exec_session", "exec_key", "exec_log_group", "exec_log_bucket"])
def test_what_the_exec_agent_does_is_the_task_role_s_and_not_the_execution_role_s(feature: str) -> None:
    needs = ALL[feature]

    assert needs.task_role
    assert not needs.execution_role
    assert not needs.instance_role


@pytest.mark.parametrize("feature", ["container_instance", "session_manager"])
def test_what_an_instance_does_is_the_instance_role_s_alone(feature: str) -> None:
    needs = ALL[feature]

    assert needs.instance_role
    assert not needs.execution_role
    assert not needs.task_role


def test_an_exec_session_opens_both_channels_of_session_manager() -> None:
    needs = features.exec_session()

    assert actions(needs.task_role) == set(features.EXEC_SESSION_ACTIONS)
    assert len(set(features.EXEC_SESSION_ACTIONS)) == 4
    assert needs.endpoints == {Endpoint.SSM_MESSAGES}


def test_an_image_from_ecr_is_pulled_from_one_repository_and_its_layers_from_s3() -> None:
    needs = features.ecr_image(REPOSITORY)

    assert on(needs, REPOSITORY) == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    }
    assert on(needs, "*") == {"ecr:GetAuthorizationToken"}
    assert needs.endpoints == {Endpoint.ECR_API, Endpoint.ECR_DOCKER, Endpoint.S3}
    assert not needs.leaves_network


def test_a_registry_that_is_not_on_aws_needs_the_internet_and_no_permission() -> None:
    needs = features.registry_image("registry.example.com")

    assert needs.registries == ("registry.example.com",)
    assert not permissions(needs)
    assert not needs.endpoints


def test_a_secret_is_read_by_its_arn() -> None:
    assert on(features.secret(SECRET, region=REGION), SECRET) == {"secretsmanager:GetSecretValue"}


def test_a_parameter_is_read_with_the_plural_action() -> None:
    assert on(features.ssm_parameter(PARAMETER, region=REGION), PARAMETER) == {"ssm:GetParameters"}


def test_the_output_of_containers_goes_to_an_existing_log_group() -> None:
    needs = features.awslogs(LOG_GROUP, region=REGION)

    assert on(needs, LOG_GROUP) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert "logs:CreateLogGroup" not in actions(permissions(needs))


@pytest.mark.parametrize(
    ("without", "with_key", "service", "expected"),
    [
        (features.secret(SECRET, region=REGION), ALL["secret"], "secretsmanager", {"kms:Decrypt"}),
        (features.ssm_parameter(PARAMETER, region=REGION), ALL["ssm_parameter"], "ssm", {"kms:Decrypt"}),
        (features.awslogs(LOG_GROUP, region=REGION), ALL["awslogs"], "logs", set(features.LOG_KEY_ACTIONS)),
        (
            features.exec_log_group(LOG_GROUP, region=REGION),
            ALL["exec_log_group"],
            "logs",
            set(features.LOG_KEY_ACTIONS),
        ),
    ],
)
def test_an_own_key_is_used_through_the_service_alone(
    without: Needs, with_key: Needs, service: str, expected: set[str]
) -> None:
    assert not any(action.startswith("kms:") for action in actions(permissions(without)))
    assert on(with_key, KEY) == expected
    assert key_conditions(with_key) == [
        {"StringEquals": {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}},
    ]
    assert with_key.endpoints == without.endpoints


def test_the_agent_itself_decrypts_a_session_so_the_key_needs_its_endpoint_and_no_service_between() -> None:
    needs = features.exec_key(KEY)

    assert on(needs, KEY) == {"kms:Decrypt"}
    assert key_conditions(needs) == [{}]
    assert needs.endpoints == {Endpoint.KMS}


def test_a_session_is_recorded_in_streams_of_one_log_group() -> None:
    needs = features.exec_log_group(LOG_GROUP, region=REGION)

    assert on(needs, LOG_GROUP) == {"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}
    assert on(needs, "*") == {"logs:DescribeLogGroups"}


def test_a_session_is_recorded_under_the_bucket_s_prefix_alone() -> None:
    prefixed = features.exec_log_bucket(BUCKET, key_prefix="sessions")
    whole = features.exec_log_bucket(BUCKET)

    assert on(prefixed, f"{BUCKET}/sessions/*") == {"s3:PutObject"}
    assert on(whole, f"{BUCKET}/*") == {"s3:PutObject"}
    assert on(prefixed, BUCKET) == on(whole, BUCKET) == {"s3:GetBucketLocation", "s3:GetEncryptionConfiguration"}
    assert not any(action.startswith("kms:") for action in actions(permissions(whole)))
    assert on(ALL["exec_log_bucket"], KEY) == {"kms:GenerateDataKey"}


def test_the_gateway_s_policy_is_told_what_the_bucket_is_used_for() -> None:
    needs = features.exec_log_bucket(BUCKET)

    assert set(needs.s3_gateway) == {action for action in actions(needs.task_role) if action.startswith("s3:")}


def test_an_instance_registers_with_one_cluster_and_polls_for_that_cluster_alone() -> None:
    needs = features.container_instance(CLUSTER)
    (poll,) = (permission for permission in needs.instance_role if "ecs:Poll" in permission.actions)

    assert "ecs:RegisterContainerInstance" in on(needs, CLUSTER)
    assert poll.conditions == {"ArnEquals": {"ecs:cluster": CLUSTER}}
    assert "ecs:CreateCluster" not in actions(permissions(needs))


def test_session_manager_reaches_an_instance_through_its_two_endpoints() -> None:
    assert features.session_manager().endpoints == {Endpoint.SSM, Endpoint.SSM_MESSAGES}
