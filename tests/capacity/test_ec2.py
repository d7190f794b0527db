import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from constructs_ecs.capacity import Ec2Capacity
from constructs_ecs.cluster import EcsCluster
from constructs_ecs.errors import Code, InvalidValueError, UnreachableError, UnsafeError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.task_sizes import CpuArchitecture
from constructs_ecs.network import Egress, PrivateNetwork
from tests.meaning import meaning, permissions
from tests.nag import findings, suppressed
from tests.support import ENVIRONMENT, of_type, only, stack, template

Template = dict[str, Any]


def _capacity(scope: cdk.Stack, *, egress: Egress = Egress.NONE, **settings: Any) -> Ec2Capacity:  # noqa: ANN401 - settings under test
    cluster = EcsCluster(scope, "Cluster", network=PrivateNetwork(scope, "Network", egress=egress))
    return cluster.add_ec2_capacity("Instances", **{"instance_type": "m7i.large", **settings})


def _network(scope: cdk.Stack) -> PrivateNetwork:
    network = scope.node.find_child("Network")
    assert isinstance(network, PrivateNetwork)
    return network


def _made(**settings: Any) -> Template:  # noqa: ANN401 - settings under test
    scope = stack()
    _capacity(scope, **settings)
    return template(scope)


@pytest.fixture(scope="module")
def made() -> Template:
    scope = stack()
    _capacity(scope)
    # What a service that comes later asks for.
    _network(scope).require(Needs(endpoints=frozenset({Endpoint.ECR_API})), needed_by="a service")
    return template(scope)


@pytest.fixture(scope="module")
def launched(made: Template) -> dict[str, Any]:
    data: dict[str, Any] = only(made, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    return data


def _security_group(template_: Template) -> dict[str, Any]:
    (group,) = (
        resource["Properties"]
        for resource in of_type(template_, "AWS::EC2::SecurityGroup").values()
        if resource["Properties"]["GroupDescription"].startswith("Container instances")
    )
    return dict(group)


def test_instances_answer_metadata_requests_with_a_token_and_from_the_host_alone(launched: dict[str, Any]) -> None:
    assert launched["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}


def test_the_root_volume_is_encrypted_with_the_accounts_key(launched: dict[str, Any]) -> None:
    (device,) = launched["BlockDeviceMappings"]
    assert device["DeviceName"] == "/dev/xvda"
    assert device["Ebs"] == {"DeleteOnTermination": True, "Encrypted": True, "VolumeSize": 30, "VolumeType": "gp3"}


def test_there_is_no_key_pair_and_no_way_in_or_out(made: Template, launched: dict[str, Any]) -> None:
    group = _security_group(made)
    assert "KeyName" not in launched
    assert "SecurityGroupIngress" not in group
    (egress,) = group["SecurityGroupEgress"]
    assert egress["CidrIp"] == "255.255.255.255/32"


def test_instances_carry_their_own_group_and_the_endpoint_client_group() -> None:
    scope = stack()
    own = _capacity(scope).security_group
    shared = _network(scope).endpoint_client_security_group
    launched = only(template(scope), "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert launched["SecurityGroupIds"] == scope.resolve([own.security_group_id, shared.security_group_id])


def test_instances_are_monitored_in_detail(launched: dict[str, Any]) -> None:
    assert launched["Monitoring"] == {"Enabled": True}


def test_instances_join_the_cluster_and_keep_their_credentials_from_tasks(
    made: Template, launched: dict[str, Any]
) -> None:
    (cluster,) = of_type(made, "AWS::ECS::Cluster")
    script = json.dumps(launched["UserData"])
    assert script.count("ECS_CLUSTER=") == 1
    assert f'ECS_CLUSTER=", {{"Ref": "{cluster}"}}, " >> /etc/ecs/ecs.config' in script
    assert "ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config" in script
    assert "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true >> /etc/ecs/ecs.config" in script


@pytest.mark.parametrize(
    ("instance_type", "architecture", "image"),
    [
        ("m7i.large", CpuArchitecture.X86_64, "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"),
        (
            ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE),
            CpuArchitecture.ARM64,
            "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
        ),
    ],
)
def test_the_image_is_the_newest_for_the_architecture(
    instance_type: ec2.InstanceType | str, architecture: CpuArchitecture, image: str
) -> None:
    scope = stack()
    capacity = _capacity(scope, instance_type=instance_type)
    made = template(scope)
    parameter = only(made, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["ImageId"]["Ref"]
    assert capacity.cpu_architecture is architecture
    assert made["Parameters"][parameter] == {
        "Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
        "Default": image,
    }


def test_the_role_may_register_with_its_cluster_and_open_sessions_and_nothing_else(made: Template) -> None:
    (cluster,) = of_type(made, "AWS::ECS::Cluster")
    ((policy, resource),) = (
        (key, value) for key, value in of_type(made, "AWS::IAM::ManagedPolicy").items() if "InstanceRole" in key
    )
    assert resource["Properties"]["PolicyDocument"]["Version"] == "2012-10-17"
    said = permissions(made)[policy]
    on_everything = {action for _, _, action, arn, condition in said if arn == "*" and condition == "{}"}
    assert on_everything == {
        "ecs:DiscoverPollEndpoint",
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
    assert {arn for *_, arn, _ in said} == {"*", f"<{cluster}.Arn>"}
    for _, _, action, arn, condition in said:
        if arn == "*" and action not in on_everything:
            assert json.loads(condition) == {"ArnEquals": {"ecs:cluster": f"<{cluster}.Arn>"}}


def test_the_cdk_grants_nothing_beside_it(made: Template) -> None:
    assert of_type(made, "AWS::IAM::Policy") == {}
    assert all("Policies" not in role["Properties"] for role in of_type(made, "AWS::IAM::Role").values())
    assert "arn:aws:iam::aws:policy" not in json.dumps(made)


def test_ecs_drains_scales_and_protects_without_lambda_or_custom_resource(made: Template) -> None:
    provider = only(made, "AWS::ECS::CapacityProvider")["AutoScalingGroupProvider"]
    assert provider["ManagedDraining"] == provider["ManagedTerminationProtection"] == "ENABLED"
    assert provider["ManagedScaling"] == {"Status": "ENABLED", "TargetCapacity": 100}
    assert only(made, "AWS::AutoScaling::AutoScalingGroup")["NewInstancesProtectedFromScaleIn"] is True
    types = {resource["Type"] for resource in made["Resources"].values()}
    assert not [name for name in types if "Lambda" in name or "CloudFormation" in name or name.startswith("Custom")]
    assert not types & {"AWS::AutoScaling::LifecycleHook", "AWS::SNS::Topic", "AWS::Events::Rule"}


def test_the_group_is_in_the_task_subnets_and_leaves_its_size_to_ecs(made: Template) -> None:
    group = only(made, "AWS::AutoScaling::AutoScalingGroup")
    subnets = of_type(made, "AWS::EC2::Subnet")
    assert {subnet["Ref"] for subnet in group["VPCZoneIdentifier"]} == set(subnets)
    assert (group["MinSize"], group["MaxSize"]) == ("0", "4")
    assert "DesiredCapacity" not in group
    assert (group["HealthCheckType"], group["HealthCheckGracePeriod"]) == ("EC2", 300)


def test_instances_start_after_every_endpoint_and_end_before_it(made: Template) -> None:
    (group,) = of_type(made, "AWS::AutoScaling::AutoScalingGroup").values()
    endpoints = of_type(made, "AWS::EC2::VPCEndpoint")
    assert len(endpoints) == 6
    assert set(endpoints) <= set(group["DependsOn"])


def test_instances_need_the_endpoints_of_ecs_and_session_manager_and_no_others() -> None:
    assert _capacity(stack()).needs.endpoints == {
        Endpoint.ECS,
        Endpoint.ECS_AGENT,
        Endpoint.ECS_TELEMETRY,
        Endpoint.SSM,
        Endpoint.SSM_MESSAGES,
    }


@pytest.mark.parametrize(("minimum", "maximum", "kept"), [(0, 4, 0), (2, 4, 2), (3, 3, 2), (0, 1, 0), (1, 1, 0)])
def test_instances_are_replaced_one_by_one(minimum: int, maximum: int, kept: int) -> None:
    (group,) = of_type(_made(min_capacity=minimum, max_capacity=maximum), "AWS::AutoScaling::AutoScalingGroup").values()
    update = group["UpdatePolicy"]["AutoScalingRollingUpdate"]
    # CloudFormation wants fewer in service than the maximum.
    assert (update["MaxBatchSize"], update["MinInstancesInService"]) == (1, kept)
    assert kept < maximum


def test_protection_can_be_lifted_before_a_deletion_and_draining_stays() -> None:
    made = _made(managed_termination_protection=False)
    provider = only(made, "AWS::ECS::CapacityProvider")["AutoScalingGroupProvider"]
    assert provider["ManagedTerminationProtection"] == "DISABLED"
    assert provider["ManagedDraining"] == "ENABLED"
    assert only(made, "AWS::AutoScaling::AutoScalingGroup")["NewInstancesProtectedFromScaleIn"] is False
    assert not of_type(made, "AWS::AutoScaling::LifecycleHook")


def test_what_is_asked_for_is_what_instances_are_launched_with() -> None:
    scope = stack()
    key_pair = ec2.KeyPair.from_key_pair_name(scope, "KeyPair", "operators")
    _capacity(scope, key_pair=key_pair, root_volume_gib=100, target_capacity_percent=80)
    made = template(scope)
    launched = only(made, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert launched["KeyName"] == "operators"
    assert launched["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 100
    assert "SecurityGroupIngress" not in _security_group(made)
    provider = only(made, "AWS::ECS::CapacityProvider")["AutoScalingGroupProvider"]
    assert provider["ManagedScaling"]["TargetCapacity"] == 80


@pytest.mark.parametrize(("block", "key"), [("10.1.0.0/16", "CidrIp"), ("2001:db8::/56", "CidrIpv6")])
def test_ssh_is_let_in_from_the_given_block_alone(block: str, key: str) -> None:
    (rule,) = _security_group(_made(ssh_from_cidr=block))["SecurityGroupIngress"]
    assert rule[key] == block
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 22, 22)


@pytest.mark.parametrize("block", ["0.0.0.0/0", "::/0"])
def test_ssh_from_every_address_is_refused(block: str) -> None:
    with pytest.raises(UnsafeError) as raised:
        _capacity(stack(), ssh_from_cidr=block)
    assert raised.value.code is Code.OPEN_INGRESS


def test_ssh_from_what_is_no_block_is_refused() -> None:
    with pytest.raises(InvalidValueError) as raised:
        _capacity(stack(), ssh_from_cidr="10.0.0.1/16")
    assert raised.value.code is Code.CIDR


def test_the_internet_is_refused_in_a_network_without_egress() -> None:
    with pytest.raises(UnreachableError, match="Cluster/Instances") as raised:
        _capacity(stack(), internet=True)
    assert raised.value.code is Code.INTERNET


def test_with_egress_instances_may_call_443_once_they_are_given_it() -> None:
    (closed,) = _security_group(_made(egress=Egress.NAT_GATEWAY))["SecurityGroupEgress"]
    assert closed["CidrIp"] == "255.255.255.255/32"

    scope = stack()
    capacity = _capacity(scope, egress=Egress.NAT_GATEWAY, internet=True)
    capacity.allow_internet()
    _, rule = _security_group(template(scope))["SecurityGroupEgress"]
    assert (rule["CidrIp"], rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("0.0.0.0/0", "tcp", 443, 443)


def test_what_is_opened_to_the_instances_is_not_opened_to_all_endpoint_clients() -> None:
    scope = stack()
    capacity = _capacity(scope)
    peer = ec2.SecurityGroup(scope, "Peer", vpc=_network(scope).vpc)
    peer.connections.allow_from(capacity, ec2.Port.tcp(5432))
    peer.connections.allow_from(capacity.auto_scaling_group, ec2.Port.tcp(5433))
    opened = [
        rule
        for rule in of_type(template(scope), "AWS::EC2::SecurityGroupIngress").values()
        if rule["Properties"]["FromPort"] in {5432, 5433}
    ]
    own = scope.resolve(capacity.security_group.security_group_id)
    assert [rule["Properties"]["SourceSecurityGroupId"] for rule in opened] == [own, own]


def test_an_own_key_encrypts_the_root_volume() -> None:
    scope = stack()
    _capacity(scope, encryption_key=kms.Key(scope, "Key", enable_key_rotation=True))
    made = template(scope)
    (logical_id,) = of_type(made, "AWS::KMS::Key")
    (device,) = only(made, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["BlockDeviceMappings"]
    assert device["Ebs"]["KmsKeyId"] == {"Fn::GetAtt": [logical_id, "Arn"]}


def test_grants_of_the_app_reach_the_role() -> None:
    scope = stack()
    capacity = _capacity(scope)
    capacity.role.add_to_principal_policy(iam.PolicyStatement(actions=["s3:ListBucket"], resources=["arn:aws:s3:::b"]))
    assert "s3:ListBucket" in json.dumps(template(scope))


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_feature_flags_change_nothing(env: cdk.Environment | None) -> None:
    def said(*, flags: bool) -> dict[str, Any]:
        scope = stack(flags=flags, env=env)
        key = kms.Key(scope, "Key", enable_key_rotation=True)
        _capacity(scope, egress=Egress.NAT_GATEWAY, internet=True, ssh_from_cidr="10.1.0.0/16", encryption_key=key)
        return {key: value for key, value in meaning(template(scope)).items() if "Instances" in key or "Key" in key}

    with_flags = said(flags=True)
    assert len(with_flags) >= 8
    assert with_flags == said(flags=False)


def test_each_finding_is_fixed_or_acknowledged_on_its_own_resource() -> None:
    scope = stack()
    capacity = _capacity(
        scope, ssh_from_cidr="10.1.0.0/16", encryption_key=kms.Key(scope, "Key", enable_key_rotation=True)
    )
    app = scope.node.root
    assert isinstance(app, cdk.App)
    path = capacity.node.path
    assert [finding for finding in findings(app) if finding.path.startswith(path)] == []
    acknowledged = {(finding.rule, finding.path) for finding in suppressed(app) if finding.path.startswith(path)}
    assert acknowledged == {
        ("AwsSolutions-AS3", f"{path}/AutoScalingGroup/ASG"),
        ("AwsSolutions-IAM5[Resource::*]", f"{path}/InstanceRole/Policy/Resource"),
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"instance_type": "large"},
        {"instance_type": "m7i.large", "cpu_architecture": CpuArchitecture.ARM64},
        {"min_capacity": 5},
        {"root_volume_gib": 8},
    ],
)
def test_a_setting_that_aws_does_not_take_is_refused_and_leaves_nothing_behind(settings: dict[str, Any]) -> None:
    scope = stack()
    with pytest.raises(InvalidValueError) as raised:
        _capacity(scope, **settings)
    assert raised.value.code is Code.INSTANCE
    assert scope.node.find_child("Cluster").node.try_find_child("Instances") is None


def test_tokens_pass() -> None:
    scope = stack()
    number = int(cdk.CfnParameter(scope, "Number", type="Number").value_as_number)
    text = cdk.CfnParameter(scope, "Text").value_as_string
    _capacity(
        scope,
        instance_type=text,
        cpu_architecture=CpuArchitecture.X86_64,
        min_capacity=number,
        max_capacity=number,
        root_volume_gib=number,
        target_capacity_percent=number,
        ssh_from_cidr=text,
    )
    made = template(scope)
    group = only(made, "AWS::AutoScaling::AutoScalingGroup")
    launched = only(made, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert group["MinSize"] == group["MaxSize"] == {"Ref": "Number"}
    assert launched["InstanceType"] == {"Ref": "Text"}
    assert launched["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == {"Ref": "Number"}
    (rule,) = _security_group(made)["SecurityGroupIngress"]
    assert rule["CidrIp"] == {"Ref": "Text"}


@pytest.mark.parametrize("option", [{"instance_type": None}, {"cpu_architecture": "ARM64"}])
def test_an_option_of_another_type_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as raised:
        _capacity(stack(), **option)
    assert raised.value.code is Code.INSTANCE


def test_instances_can_have_a_role_that_exists() -> None:
    scope = stack()
    role = iam.Role(scope, "Mine", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), path="/platform/")
    capacity = _capacity(scope, role=role)
    made = template(scope)
    assert capacity.role is role
    assert only(made, "AWS::IAM::InstanceProfile")["Roles"] == [scope.resolve(role.role_name)]
    (policy,) = [
        name
        for name, resource in of_type(made, "AWS::IAM::ManagedPolicy").items()
        if resource["Properties"].get("Roles") == [scope.resolve(role.role_name)]
    ]
    assert "ecs:DiscoverPollEndpoint" in {action for _, _, action, _, _ in permissions(made)[policy]}
