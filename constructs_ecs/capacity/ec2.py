"""EC2 instances for a cluster: an Auto Scaling group that ECS scales, protects and drains by itself.

Sources: ECS developer guide, "Amazon ECS Linux container instances", "Amazon ECS container agent configuration",
"Automatically manage Amazon ECS capacity with cluster auto scaling", "Safely stop Amazon ECS workloads running on EC2
instances", "Updating managed termination protection for Amazon ECS capacity providers".
"""

from typing import Final

import jsii
from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.capacity.instances import check_architecture, check_figures
from constructs_ecs.capacity.volumes import root_volume
from constructs_ecs.errors import Code
from constructs_ecs.facts import features
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.images import registry_port
from constructs_ecs.facts.limits import check_kind, is_token
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.task_sizes import CpuArchitecture
from constructs_ecs.known import Part
from constructs_ecs.network import Network
from constructs_ecs.network.security_groups import (
    allow_egress_to_internet,
    allow_ingress_from_cidr,
    closed_security_group,
)
from constructs_ecs.roles import instance_role

_INTERNET: Final = Needs(internet=("what its instances pull and call",))
_SSH: Final = 22
_HARDWARE: Final = {
    CpuArchitecture.X86_64: ecs.AmiHardwareType.STANDARD,
    CpuArchitecture.ARM64: ecs.AmiHardwareType.ARM,
}
_AGENT_SETTINGS: Final = (
    # Tasks use their own role alone: credentials of the instance are out of their reach.
    "ECS_AWSVPC_BLOCK_IMDS=true",
    # The instance may not write logs, each task's execution role may.
    "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true",
)


@jsii.implements(ec2.IConnectable)
class Ec2Capacity(Part):
    """EC2 capacity of one cluster, made by ``EcsCluster.add_ec2_capacity``, which keeps both in one stack.

    The instances run the newest ECS-optimized Amazon Linux 2023 image as of each deployment; a deployment that brings
    a new image or other settings replaces them one by one, and ECS drains each before it goes. They register through
    the network's endpoints, can be opened with Session Manager, and let nothing in.

    A stack with protected instances cannot be deleted: deploy once with ``managed_termination_protection=False``
    before, and give ECS some minutes to lift the protection (aws/containers-roadmap 2862).

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: the cluster that instances register with.
        network: the cluster's network.
        instance_type: such as ``m7i.large``, as text or as the CDK's type.
        min_capacity: how many instances there are at least; by default none until a task needs one.
        max_capacity: how many instances there are at most.
        cpu_architecture: x86-64 or Arm; by default what the instance type's name says.
        root_volume_gib: size of the encrypted root volume, 30 or more, in GiB; images and containers are on it.
        encryption_key: encrypts the root volume; its policy then lets EC2 Auto Scaling use it. By default the
            account's default key for EBS.
        role: an existing role for the instances, which EC2 may assume, to use and grant to; by default an own one.
        key_pair: a key pair for SSH; none by default.
        ssh_from_cidr: a block of addresses from which SSH is let in, not every address. Off by default.
        internet: whether instances may call any address on 443, for images of registries on the internet.
        target_capacity_percent: how full ECS keeps the group, 1 to 100; below 100 there is room to spare.
        managed_termination_protection: whether instances with tasks are protected from scale-in; they are by default.

    Raises:
        InvalidValueError: ECS028, a figure or the instance type is not one that AWS takes; ECS017, the block is
            malformed; ECS030, `encryption_key`, `role` or `key_pair` is not the CDK's.
        UnsafeError: ECS081, the block is every address.
        UnreachableError: ECS062, `internet` in a network without egress.
    """

    cpu_architecture: CpuArchitecture
    """What images must be built for."""
    needs: Needs
    """What instances need of the network and of their role."""
    role: iam.IRole
    """The instances' role; tasks have roles of their own."""
    security_group: ec2.SecurityGroup
    """The instances' own group: nothing in, nothing out, until allowed."""
    launch_template: ec2.LaunchTemplate
    auto_scaling_group: autoscaling.AutoScalingGroup
    capacity_provider: ecs.AsgCapacityProvider

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.Cluster,
        network: Network,
        instance_type: ec2.InstanceType | str,
        min_capacity: int = 0,
        max_capacity: int = 4,
        cpu_architecture: CpuArchitecture | None = None,
        root_volume_gib: int = 30,
        encryption_key: kms.IKey | None = None,
        role: iam.IRole | None = None,
        key_pair: ec2.IKeyPair | None = None,
        ssh_from_cidr: str | None = None,
        internet: bool = False,
        target_capacity_percent: int = 100,
        managed_termination_protection: bool = True,
    ) -> None:
        check_kind(instance_type, str, ec2.InstanceType, code=Code.INSTANCE, name="instance_type")
        type_name = instance_type if isinstance(instance_type, str) else instance_type.to_string()
        architecture = check_architecture(type_name, cpu_architecture)
        check_cdk(encryption_key, CdkType.KEY_OR_ALIAS, name="encryption_key", optional=True)
        check_cdk(role, CdkType.ROLE, name="role", optional=True)
        check_cdk(key_pair, CdkType.KEY_PAIR, name="key_pair", optional=True)
        check_figures(
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            root_volume_gib=root_volume_gib,
            target_capacity_percent=target_capacity_percent,
        )
        super().__init__(scope, construct_id)
        self._network = network
        self.cpu_architecture = architecture
        self.needs = features.container_instance(cluster.cluster_arn) | features.session_manager()
        network.require(self.needs, needed_by=self)
        self._instance_role = instance_role(self, "InstanceRole", existing=role)
        self._instance_role.allow(self.needs.instance_role)
        self.role = self._instance_role.role
        self.security_group = self._new_security_group(ssh_from_cidr)
        self.launch_template = self._new_launch_template(type_name, root_volume_gib, encryption_key, key_pair)
        self.auto_scaling_group = self._new_group(min_capacity, max_capacity, protected=managed_termination_protection)
        self.capacity_provider = self._new_provider(target_capacity_percent, protected=managed_termination_protection)
        if role is not None:
            # An own role names its policy, and so waits for it; an existing one is named by the policy.
            self.auto_scaling_group.node.add_dependency(self._instance_role.ready)
        cluster.add_asg_capacity_provider(self.capacity_provider)
        if internet:
            self.allow_internet()

    @property
    def connections(self) -> ec2.Connections:
        """For the CDK's own ``connections``: the instances' own group, never the shared endpoint-client group."""
        return self.security_group.connections

    def allow_internet(self, needs: Needs = _INTERNET) -> None:
        """Let the instances call any address on 443, and on the ports of the registries that are needed.

        Args:
            needs: what for; by default whatever the instances pull and call.

        Raises:
            UnreachableError: ECS060 or ECS062, the network has no egress.
        """
        self._network.require(needs, needed_by=self)
        allow_egress_to_internet(self.security_group, ports=(HTTPS_PORT, *map(registry_port, needs.registries)))

    def _new_security_group(self, ssh_from_cidr: str | None) -> ec2.SecurityGroup:
        group = closed_security_group(
            self,
            "SecurityGroup",
            vpc=self._network.vpc,
            description="Container instances of one cluster: closed until allowed",
        )
        if ssh_from_cidr is not None:
            allow_ingress_from_cidr(group, ssh_from_cidr, _SSH, "SSH, which was asked for")
        return group

    def _new_launch_template(
        self,
        instance_type: str,
        root_volume_gib: int,
        encryption_key: kms.IKey | None,
        key_pair: ec2.IKeyPair | None,
    ) -> ec2.LaunchTemplate:
        user_data = ec2.UserData.for_linux()
        user_data.add_commands(*(f"echo {setting} >> /etc/ecs/ecs.config" for setting in _AGENT_SETTINGS))
        template = ec2.LaunchTemplate(
            self,
            "LaunchTemplate",
            instance_type=ec2.InstanceType(instance_type),
            machine_image=ecs.EcsOptimizedImage.amazon_linux2023(_HARDWARE[self.cpu_architecture]),
            role=self._instance_role.sealed,
            user_data=user_data,
            security_group=self.security_group,
            key_pair=key_pair,
            http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
            # The agent is on the host's network. A bridge is one hop more, so containers on it get no answer.
            http_put_response_hop_limit=1,
            detailed_monitoring=True,
            block_devices=[root_volume(root_volume_gib, encryption_key)],
        )
        self._carry_endpoint_client_group(template)
        # The sealed view of an existing role tells the name from the ARN, where a path may be in front of it.
        profile = template.node.find_child("Profile")
        assert isinstance(profile, iam.CfnInstanceProfile)  # noqa: S101 - tells mypy what the CDK made
        profile.roles = [self.role.role_name]
        return template

    def _carry_endpoint_client_group(self, template: ec2.LaunchTemplate) -> None:
        """Put the shared group on the instances, but not among the template's connections.

        There, the CDK would open the shared group, and so every task, to whatever the instances are opened to.
        """
        resource = template.node.default_child
        assert isinstance(resource, ec2.CfnLaunchTemplate)  # noqa: S101 - tells mypy what the CDK made
        groups = (self.security_group, self._network.endpoint_client_security_group)
        resource.add_property_override(
            "LaunchTemplateData.SecurityGroupIds", [group.security_group_id for group in groups]
        )

    def _new_group(self, min_capacity: int, max_capacity: int, *, protected: bool) -> autoscaling.AutoScalingGroup:
        group = autoscaling.AutoScalingGroup(
            self,
            "AutoScalingGroup",
            vpc=self._network.vpc,
            vpc_subnets=self._network.task_subnets,
            launch_template=self.launch_template,
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            health_checks=autoscaling.HealthChecks.ec2(grace_period=Duration.minutes(5)),
            new_instances_protected_from_scale_in=protected,
            update_policy=autoscaling.UpdatePolicy.rolling_update(
                max_batch_size=1, min_instances_in_service=_kept_in_service(min_capacity, max_capacity)
            ),
        )
        # Instances register as soon as they start, and ask the endpoints until they go.
        group.node.add_dependency(self._network.ready)
        acknowledge(
            group,
            "ECS scales the group and drains its instances; what it does is in the group's activity history and in "
            "EventBridge. A topic that nobody reads adds nothing: who needs one adds it to auto_scaling_group.",
            "AwsSolutions-AS3",
        )
        return group

    def _new_provider(self, target_capacity_percent: int, *, protected: bool) -> ecs.AsgCapacityProvider:
        return ecs.AsgCapacityProvider(
            self,
            "CapacityProvider",
            auto_scaling_group=self.auto_scaling_group,
            enable_managed_scaling=True,
            enable_managed_termination_protection=protected,
            # Said, not left to CloudFormation: without it the CDK drains with a Lambda function.
            enable_managed_draining=True,
            target_capacity_percent=target_capacity_percent,
        )


def _kept_in_service(min_capacity: int, max_capacity: int) -> int | None:
    """How many instances stay while others are replaced; CloudFormation wants fewer than the maximum."""
    if is_token(min_capacity) or is_token(max_capacity):
        return None
    return min(min_capacity, max_capacity - 1)
