import base64
from typing import Any

from constructs_ecs.preflight.launch_sites import Instances
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary, Unknown
from tests.preflight.launches import auto_scaling_group, ec2, launch_template, name_of, only_site, resource

SCRIPT = {"Fn::Base64": {"Fn::Sub": "echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config"}}
PUBLIC = resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.1.0/24", MapPublicIpOnLaunch=True)
IN_BOTH = auto_scaling_group(VPCZoneIdentifier=[{"Ref": "Subnet"}, {"Ref": "Public"}])


def instances(body: dict[str, Any]) -> tuple[Instances, ...]:
    return only_site(body).instances


def interface(body: dict[str, Any]) -> NetworkInterface:
    (found,) = instances(body)
    assert isinstance(found.interface, NetworkInterface)
    return found.interface


def groups(body: dict[str, Any]) -> list[str]:
    return [name_of(group) for group in interface(body).security_groups]


def test_a_group_s_instances_are_what_its_launch_template_says() -> None:
    (found,) = instances(ec2())
    assert (name_of(found.role), name_of(found.launch_template)) == ("InstanceRole", "Template")
    assert "ECS_CLUSTER=${Cluster}" in str(found.user_data)
    assert [name_of(subnet) for subnet in interface(ec2()).subnets] == ["Subnet"]
    assert groups(ec2()) == ["InstanceGroup"]


def test_user_data_that_is_base64_already_is_decoded() -> None:
    body = ec2(Template=launch_template(UserData=base64.b64encode(b"ECS_CLUSTER=live").decode()))
    body["Cluster"] = resource("ECS::Cluster", ClusterName="live")
    (found,) = instances(body)
    assert found.user_data == "ECS_CLUSTER=live"


def test_a_profile_may_be_named_and_a_role_be_elsewhere() -> None:
    assert name_of(
        instances(ec2(Template=launch_template(IamInstanceProfile={"Name": {"Ref": "Profile"}})))[0].role
    ) == ("InstanceRole")
    body = ec2(Profile=resource("IAM::InstanceProfile", Roles=["elsewhere"]))
    assert isinstance(instances(body)[0].role, Unknown)


def test_without_a_profile_there_is_no_role() -> None:
    assert instances(ec2(Template=launch_template(IamInstanceProfile=None)))[0].role is None


def test_the_primary_interface_of_a_launch_template_has_its_own_groups_and_address() -> None:
    primary = {"DeviceIndex": 0, "Groups": [{"Ref": "Group"}], "AssociatePublicIpAddress": True}
    body = ec2(Template=launch_template(NetworkInterfaces=[primary], SecurityGroupIds=None))
    assert groups(body) == ["Group"]
    assert interface(body).public_ip is Ternary.YES


def test_an_interface_without_groups_has_the_default_one() -> None:
    assert groups(ec2(Template=launch_template(SecurityGroupIds=None))) == []


def test_unless_it_is_said_the_subnet_decides_on_a_public_address_so_there_may_be_two_kinds() -> None:
    found = instances(ec2(Public=PUBLIC, Asg=IN_BOTH))
    assert [
        (each.interface.public_ip, [name_of(subnet) for subnet in each.interface.subnets])
        for each in found
        if isinstance(each.interface, NetworkInterface)
    ] == [(Ternary.NO, ["Subnet"]), (Ternary.YES, ["Public"])]


def test_a_launch_template_that_decides_on_a_public_address_overrules_the_subnets() -> None:
    template = launch_template(NetworkInterfaces=[{"AssociatePublicIpAddress": "false"}])
    (found,) = instances(ec2(Public=PUBLIC, Asg=IN_BOTH, Template=template))
    assert isinstance(found.interface, NetworkInterface)
    assert found.interface.public_ip is Ternary.NO


def test_a_launch_configuration_is_read_as_well() -> None:
    configuration = resource(
        "AutoScaling::LaunchConfiguration",
        IamInstanceProfile={"Ref": "Profile"},
        SecurityGroups=[{"Ref": "InstanceGroup"}],
        AssociatePublicIpAddress=True,
        UserData=SCRIPT,
    )
    group = auto_scaling_group(LaunchTemplate=None, LaunchConfigurationName={"Ref": "Configuration"})
    body = ec2(Asg=group, Configuration=configuration)
    (found,) = instances(body)
    assert (name_of(found.role), name_of(found.launch_template)) == ("InstanceRole", "Configuration")
    assert groups(body) == ["InstanceGroup"]
    assert interface(body).public_ip is Ternary.YES


def test_a_mixed_instances_policy_has_its_launch_template_further_down() -> None:
    named = {"LaunchTemplateName": {"Ref": "Template"}}
    policy = {"LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": {"Ref": "Template"}} | named}}
    body = ec2(Asg=auto_scaling_group(LaunchTemplate=None, MixedInstancesPolicy=policy))
    assert name_of(instances(body)[0].launch_template) == "Template"


def test_a_group_of_a_launch_template_elsewhere_has_unknown_instances() -> None:
    provider = resource("ECS::CapacityProvider", AutoScalingGroupProvider={"AutoScalingGroupArn": {"Ref": "Asg"}})
    cluster = resource("ECS::Cluster", CapacityProviders=[{"Ref": "Provider"}])
    for made_from in ({"LaunchTemplateId": "lt-0123"}, None):
        body = ec2(Asg=auto_scaling_group(LaunchTemplate=made_from), Provider=provider, Cluster=cluster)
        (found,) = instances(body)
        assert isinstance(found.role, Unknown)
        assert isinstance(found.interface, Unknown)


def test_a_single_instance_takes_what_its_launch_template_says_unless_it_says_so_itself() -> None:
    host = resource(
        "EC2::Instance",
        LaunchTemplate={"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"},
        SubnetId={"Ref": "Subnet"},
        SecurityGroupIds=[{"Ref": "Group"}],
    )
    body = ec2(Host=host)
    del body["Asg"]
    (found,) = instances(body)
    assert (found.where.logical_id, name_of(found.role)) == ("Host", "InstanceRole")
    assert groups(body) == ["Group"]
