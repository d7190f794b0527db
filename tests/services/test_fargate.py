import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Annotations, Match

from constructs_ecs import (
    AwsLogs,
    CapacityShare,
    Code,
    ConflictError,
    Deployment,
    EcrRepository,
    EcsCluster,
    Egress,
    ExecAudit,
    FargateProvider,
    Image,
    InvalidValueError,
    PrivateNetwork,
    RegistryCredentials,
    TaskSize,
    UnreachableError,
    UnsafeError,
)
from constructs_ecs.capacity import ClusterDefault
from tests.meaning import permissions
from tests.nag import findings
from tests.scene import Scene, scene
from tests.support import ENVIRONMENT, of_type, only, stack, template


@pytest.fixture(scope="module")
def private() -> tuple[Scene, dict[str, Any]]:
    """A service that pulls from ECR in a network with no way out, and its template."""
    place = scene()
    place.fargate()
    return place, place.template


def test_the_endpoints_of_a_private_service_follow_from_what_it_uses(private: tuple[Scene, dict[str, Any]]) -> None:
    place, _ = private
    interface = {endpoint.value for endpoint in place.network.interface_endpoints}
    assert interface == {
        *("ecs-agent", "ecs-telemetry", "ecs", "ssm"),  # always
        *("ecr.api", "ecr.dkr"),  # the image
        "logs",  # the output, and the record of exec sessions
        *("ssmmessages", "kms"),  # exec sessions, encrypted
    }
    assert place.network.s3_gateway is not None  # the image's layers


def test_without_exec_the_endpoints_and_grants_of_exec_are_left_out() -> None:
    place = scene()
    service = place.fargate(enable_execute_command=False)
    made = template(place.stack)
    assert {"ssmmessages", "kms"} & {endpoint.value for endpoint in place.network.interface_endpoints} == set()
    assert only(made, "AWS::ECS::Service")["EnableExecuteCommand"] is False
    assert "LinuxParameters" not in only(made, "AWS::ECS::TaskDefinition")["ContainerDefinitions"][0]
    assert service.task.needs.task_role == ()


def test_a_service_runs_in_the_task_subnets_without_a_public_address(private: tuple[Scene, dict[str, Any]]) -> None:
    place, made = private
    network = only(made, "AWS::ECS::Service")["NetworkConfiguration"]["AwsvpcConfiguration"]
    subnets = place.network.task_subnets.subnets
    assert subnets is not None
    assert network["AssignPublicIp"] == "DISABLED"
    assert network["Subnets"] == place.stack.resolve([subnet.subnet_id for subnet in subnets])


def test_a_service_carries_its_own_group_and_the_endpoint_clients(private: tuple[Scene, dict[str, Any]]) -> None:
    place, made = private
    groups = only(made, "AWS::ECS::Service")["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"]
    clients = place.stack.resolve(place.network.endpoint_client_security_group.security_group_id)
    assert len(groups) == 2
    assert clients in groups


def test_nobody_can_connect_to_a_service_and_it_can_connect_to_nobody(private: tuple[Scene, dict[str, Any]]) -> None:
    place, made = private
    (own,) = [
        group["Properties"]
        for group in of_type(made, "AWS::EC2::SecurityGroup").values()
        if "One ECS service" in group["Properties"]["GroupDescription"]
    ]
    assert "SecurityGroupIngress" not in own
    (egress,) = own["SecurityGroupEgress"]
    assert egress["CidrIp"] == "255.255.255.255/32"  # how CloudFormation is told: nothing
    clients = place.stack.resolve(place.network.endpoint_client_security_group.security_group_id)
    rules = of_type(made, "AWS::EC2::SecurityGroupEgress").values()
    assert {json.dumps(rule["Properties"]["GroupId"]) for rule in rules} == {json.dumps(clients)}


def test_a_service_waits_for_every_endpoint(private: tuple[Scene, dict[str, Any]]) -> None:
    _, made = private
    (service,) = of_type(made, "AWS::ECS::Service").values()
    assert set(of_type(made, "AWS::EC2::VPCEndpoint")) <= set(service["DependsOn"])
    assert set(of_type(made, "AWS::EC2::SecurityGroupIngress")) <= set(service["DependsOn"])


def test_exec_is_on_with_an_init_process(private: tuple[Scene, dict[str, Any]]) -> None:
    _, made = private
    assert only(made, "AWS::ECS::Service")["EnableExecuteCommand"] is True
    (container,) = only(made, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert container["LinuxParameters"]["InitProcessEnabled"] is True


def test_a_deployment_that_fails_is_rolled_back_by_default(private: tuple[Scene, dict[str, Any]]) -> None:
    _, made = private
    configuration = only(made, "AWS::ECS::Service")["DeploymentConfiguration"]
    assert configuration["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert (configuration["MinimumHealthyPercent"], configuration["MaximumPercent"]) == (100, 200)


def test_the_number_of_tasks_is_left_alone_by_default(private: tuple[Scene, dict[str, Any]]) -> None:
    _, made = private
    assert "DesiredCount" not in only(made, "AWS::ECS::Service")


def test_tags_reach_the_tasks(private: tuple[Scene, dict[str, Any]]) -> None:
    _, made = private
    service = only(made, "AWS::ECS::Service")
    assert (service["PropagateTags"], service["EnableECSManagedTags"]) == ("SERVICE", True)


def test_no_policy_of_a_service_has_a_wildcard_but_where_aws_has_no_resource_level(
    private: tuple[Scene, dict[str, Any]],
) -> None:
    _, made = private
    wild = {
        action
        for atoms in permissions(made).values()
        for effect, principal, action, resource, _ in atoms
        if effect == "Allow" and not principal and resource == "*"
    }
    assert wild == {
        "ecr:GetAuthorizationToken",
        "logs:DescribeLogGroups",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }


def test_settings_of_a_service_reach_the_template() -> None:
    place = scene(fargate_spot=True)
    place.fargate(
        desired_count=3,
        deployment=Deployment(minimum_healthy_percent=50, maximum_healthy_percent=150, rollback=False),
        capacity=[
            CapacityShare(provider=FargateProvider.FARGATE, base=1),
            CapacityShare(provider=FargateProvider.FARGATE_SPOT, weight=4),
        ],
        service_name="web",
        family="web-family",
    )
    made = place.template
    service = only(made, "AWS::ECS::Service")
    assert service["DesiredCount"] == 3
    assert service["ServiceName"] == "web"
    assert service["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": False}
    assert service["CapacityProviderStrategy"] == [
        {"Base": 1, "CapacityProvider": "FARGATE", "Weight": 1},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 4},
    ]
    assert "LaunchType" not in service
    assert only(made, "AWS::ECS::TaskDefinition")["Family"] == "web-family"


def test_fargate_spot_on_a_cluster_without_it_is_refused() -> None:
    place = scene()
    with pytest.raises(ConflictError) as caught:
        place.fargate(capacity=[CapacityShare(provider=FargateProvider.FARGATE_SPOT)])
    assert caught.value.code is Code.FARGATE_SPOT


def test_a_public_address_is_refused() -> None:
    place = scene()
    with pytest.raises(UnsafeError) as caught:
        place.fargate(assign_public_ip=True)
    assert caught.value.code is Code.PUBLIC_IP


def test_an_image_on_the_internet_is_refused_where_there_is_no_way_out() -> None:
    place = scene()
    image = Image.from_registry("public.ecr.aws/nginx/nginx:1.27")
    with pytest.raises(UnreachableError) as caught:
        place.fargate(container=place.container(image=image))
    assert caught.value.code is Code.UNREACHABLE_IMAGE
    for way_out in ("pull-through cache", "ECR", "egress"):
        assert way_out in str(caught.value)


def test_an_image_on_the_internet_gives_its_service_https_where_there_is_a_way_out() -> None:
    place = scene(egress=Egress.NAT_GATEWAY)
    credentials = RegistryCredentials(place.stack, "Credentials")
    image = Image.from_registry("registry.example.com/web:1", credentials=credentials)
    service = place.fargate(container=place.container(image=image))
    made = place.template
    own = of_type(made, "AWS::EC2::SecurityGroup")[
        place.stack.get_logical_id(service.security_group.node.default_child)  # type: ignore[arg-type]
    ]["Properties"]
    nobody, internet = own["SecurityGroupEgress"]
    assert nobody["CidrIp"] == "255.255.255.255/32"
    assert (internet["CidrIp"], internet["ToPort"]) == ("0.0.0.0/0", 443)
    assert "SecurityGroupIngress" not in own


def test_a_registry_on_a_port_of_its_own_is_reached_on_it() -> None:
    place = scene(egress=Egress.NAT_GATEWAY)
    image = Image.from_registry("registry.example.com:5000/web:1")
    place.fargate(container=place.container(image=image))
    groups = of_type(place.template, "AWS::EC2::SecurityGroup").values()
    rules = [rule for group in groups for rule in group["Properties"].get("SecurityGroupEgress", [])]
    assert sorted(rule["ToPort"] for rule in rules if rule["CidrIp"] == "0.0.0.0/0") == [443, 5000]


def test_a_service_is_given_the_internet_only_where_there_is_a_way_out() -> None:
    place = scene()
    with pytest.raises(UnreachableError) as caught:
        place.fargate(internet=True)
    assert caught.value.code is Code.INTERNET


def test_thirty_two_vcpu_are_accepted_with_a_warning() -> None:
    place = scene()
    place.fargate(size=TaskSize(cpu=32768, memory_mib=61440))
    Annotations.from_stack(place.stack).has_warning("*", Match.string_like_regexp(".*32768.*"))


def test_without_an_exec_audit_sessions_are_recorded_where_the_output_goes() -> None:
    place = scene(audited=False)
    service = place.fargate()
    (group,) = of_type(
        {"Resources": {k: v for k, v in place.template["Resources"].items() if "Web" in k}}, "AWS::Logs::LogGroup"
    )
    granted = {
        (action, json.dumps(place.stack.resolve(list(permission.resources))))
        for permission in service.task.needs.task_role
        for action in permission.actions
    }
    assert ("logs:PutLogEvents", json.dumps([{"Fn::GetAtt": [group, "Arn"]}])) in granted


def test_a_service_waits_for_its_roles_and_for_all_that_they_are_granted() -> None:
    place = scene()
    service = place.fargate()
    for role in (service.execution_role, service.task_role):
        role.add_to_principal_policy(iam.PolicyStatement(actions=["s3:ListAllMyBuckets"], resources=["*"]))
    made = place.template
    (resource,) = of_type(made, "AWS::ECS::Service").values()
    kinds = ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
    needed = [[name for name in of_type(made, kind) if name.startswith("Web")] for kind in kinds]
    assert [len(names) for names in needed] == [2, 2, 2]
    assert {name for names in needed for name in names} <= set(resource["DependsOn"])


def test_existing_roles_are_used_and_granted_to() -> None:
    place = scene()
    role = iam.Role(place.stack, "Mine", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    place.fargate(task_role=role)
    made = place.template
    mine = place.stack.resolve(role.role_arn)
    assert only(made, "AWS::ECS::TaskDefinition")["TaskRoleArn"] == mine
    (policy,) = [
        name
        for name, resource in of_type(made, "AWS::IAM::ManagedPolicy").items()
        if resource["Properties"].get("Roles") == [place.stack.resolve(role.role_name)]
    ]
    assert any(action == "ssmmessages:OpenDataChannel" for _, _, action, _, _ in permissions(made)[policy])
    (service,) = of_type(made, "AWS::ECS::Service").values()
    assert policy in service["DependsOn"]


def test_roles_that_cannot_be_changed_are_said_to_lack_what_own_roles_are_given(
    private: tuple[Scene, dict[str, Any]],
) -> None:
    _, given = private
    place = scene()
    role = iam.Role.from_role_name(place.stack, "Fixed", "fixed", mutable=False)
    place.fargate(execution_role=role, task_role=role)
    made = place.template
    assert [name for name in of_type(made, "AWS::IAM::ManagedPolicy") if "Web" in name] == []
    assert of_type(made, "AWS::IAM::Policy") == {}
    for kind in ("ExecutionRole", "TaskRole"):
        entries = Annotations.from_stack(place.stack).find_warning(f"/Test/Web/Task/{kind}", Match.any_value())
        (text,) = [str(entry.entry.data) for entry in entries]
        statements, _ = json.JSONDecoder().raw_decode(text[text.index("[{") :])
        pasted = {"Resources": {"Pasted": {"Type": "", "Properties": {"PolicyDocument": {"Statement": statements}}}}}
        (policy,) = [name for name in of_type(given, "AWS::IAM::ManagedPolicy") if f"WebTask{kind}" in name]
        assert permissions(pasted)["Pasted"] == permissions(given)[policy]


@pytest.mark.parametrize("env", [None, ENVIRONMENT], ids=["agnostic", "fixed"])
@pytest.mark.parametrize("flags", [False, True])
def test_a_service_with_own_keys_has_no_finding(*, flags: bool, env: cdk.Environment | None) -> None:
    root = stack(flags=flags, env=env)
    key = kms.Key(root, "Key", enable_key_rotation=True)
    network = PrivateNetwork(root, "Network", encryption_key=key)
    cluster = EcsCluster(root, "Cluster", network=network, exec_audit=ExecAudit(root, "ExecAudit", bucket=True))
    image = Image.from_ecr(EcrRepository(root, "Repository", encryption_key=key), tag="1")
    place = Scene(stack=root, network=network, cluster=cluster, image=image)
    place.fargate(logging=AwsLogs(encryption_key=key))
    root_app = root.node.root
    assert isinstance(root_app, cdk.App)
    assert findings(root_app) == []


def test_a_service_that_names_no_capacity_has_the_clusters_default_of_fargate() -> None:
    place = scene(fargate_spot=True, default_strategy=[CapacityShare(provider=FargateProvider.FARGATE_SPOT)])
    place.fargate()
    service = only(place.template, "AWS::ECS::Service")
    assert service["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]
    assert "LaunchType" not in service


def test_a_default_of_instances_is_not_for_fargate_services() -> None:
    place = scene()
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    place.cluster.set_default_strategy([CapacityShare(provider=capacity)])
    place.fargate()
    service = only(place.template, "AWS::ECS::Service")
    assert service["LaunchType"] == "FARGATE"
    assert "CapacityProviderStrategy" not in service


def test_a_service_that_follows_the_clusters_default_names_neither_launch_type_nor_strategy() -> None:
    place = scene(fargate_spot=True, default_strategy=[CapacityShare(provider=FargateProvider.FARGATE_SPOT)])
    place.fargate(capacity=ClusterDefault.STRATEGY)
    made = place.template
    (service,) = of_type(made, "AWS::ECS::Service").values()
    (association,) = of_type(made, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert not {"LaunchType", "CapacityProviderStrategy"} & service["Properties"].keys()
    assert association in service["DependsOn"]  # before it, there is no default to follow


def test_a_default_that_is_not_there_yet_cannot_be_followed() -> None:
    place = scene()
    with pytest.raises(ConflictError, match="before the service is made") as caught:
        place.fargate(capacity=ClusterDefault.STRATEGY)
    assert caught.value.code is Code.CAPACITY


def test_a_default_of_instances_cannot_be_followed_by_a_fargate_service() -> None:
    place = scene()
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    place.cluster.set_default_strategy([CapacityShare(provider=capacity)])
    with pytest.raises(ConflictError, match="Test/Cluster is of EC2 capacity") as caught:
        place.fargate(capacity=ClusterDefault.STRATEGY)
    assert caught.value.code is Code.CAPACITY


def test_instances_are_refused() -> None:
    place = scene()
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    with pytest.raises(ConflictError, match="Ec2Service") as caught:
        place.fargate(capacity=[CapacityShare(provider=capacity)])
    assert caught.value.code is Code.CAPACITY


@pytest.mark.parametrize("capacity", [5, "FARGATE", "", [], ["FARGATE"], {FargateProvider.FARGATE}, ClusterDefault])
def test_what_is_no_capacity_is_refused(capacity: object) -> None:
    place = scene()
    with pytest.raises(InvalidValueError) as caught:
        place.fargate(capacity=capacity)
    assert caught.value.code is Code.CAPACITY_STRATEGY
