"""How each resource type that the templates have is read back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.aws import Aws
from tests.emulator.readers import ec2, ecs, identity, messages, security_groups, serving, storage, workflows


@dataclass(frozen=True)
class Reader:
    """How a resource type is read back.

    Args:
        read: the resource's properties in CloudFormation's shape, by its physical id.
        defaults: what AWS sets where a template says nothing, by the path of the property.
        attributes: what ``Fn::GetAtt`` finds, by name.
        name: the property that gives it a name, which is then its physical id.
    """

    read: Callable[[Aws, str], dict[str, Any]]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Callable[[Aws, str, str], Any]] = field(default_factory=dict)
    name: str = ""


def _same(_aws: Aws, physical_id: str, _name: str) -> str:
    return physical_id


READERS: dict[str, Reader] = {
    "AWS::AutoScaling::AutoScalingGroup": Reader(serving.auto_scaling_group),
    "AWS::CloudWatch::Alarm": Reader(
        workflows.alarm, {"ActionsEnabled": True, "TreatMissingData": "missing"}, name="AlarmName"
    ),
    "AWS::EC2::EIP": Reader(ec2.address, attributes={"AllocationId": ec2.allocation}),
    "AWS::EC2::FlowLog": Reader(ec2.flow_log),
    "AWS::EC2::InternetGateway": Reader(ec2.internet_gateway),
    "AWS::EC2::LaunchTemplate": Reader(ec2.launch_template, attributes={"LatestVersionNumber": ec2.latest_version}),
    "AWS::EC2::NatGateway": Reader(ec2.nat_gateway, {"ConnectivityType": "public"}, {"NatGatewayId": _same}),
    "AWS::EC2::Route": Reader(ec2.route),
    "AWS::EC2::RouteTable": Reader(ec2.route_table),
    "AWS::EC2::SecurityGroup": Reader(security_groups.group, attributes={"GroupId": _same}),
    "AWS::EC2::SecurityGroupEgress": Reader(security_groups.egress),
    "AWS::EC2::SecurityGroupIngress": Reader(security_groups.ingress),
    "AWS::EC2::Subnet": Reader(ec2.subnet, {"AssignIpv6AddressOnCreation": False}),
    "AWS::EC2::SubnetRouteTableAssociation": Reader(ec2.association),
    "AWS::EC2::VPC": Reader(ec2.vpc, {"InstanceTenancy": "default"}),
    "AWS::EC2::VPCEndpoint": Reader(ec2.endpoint, {"PrivateDnsEnabled": False}),
    "AWS::EC2::VPCGatewayAttachment": Reader(ec2.gateway_attachment),
    "AWS::ECR::Repository": Reader(
        storage.repository,
        {"EncryptionConfiguration.EncryptionType": "AES256"},
        {"Arn": storage.repository_arn, "RepositoryUri": storage.repository_arn},
    ),
    "AWS::ECS::CapacityProvider": Reader(ecs.capacity_provider),
    "AWS::ECS::Cluster": Reader(ecs.cluster, attributes={"Arn": ecs.cluster_arn}),
    "AWS::ECS::ClusterCapacityProviderAssociations": Reader(ecs.association),
    "AWS::ECS::Service": Reader(
        ecs.service, {"DesiredCount": 1, "HealthCheckGracePeriodSeconds": 0, "SchedulingStrategy": "REPLICA"}
    ),
    "AWS::ECS::TaskDefinition": Reader(ecs.task_definition, {"ContainerDefinitions[].Cpu": 0}),
    "AWS::ElasticLoadBalancingV2::Listener": Reader(serving.listener, {"DefaultActions[].Order": 1}),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Reader(serving.listener_rule, {"Actions[].Order": 1}),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Reader(serving.load_balancer, {"IpAddressType": "ipv4"}),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Reader(
        serving.target_group, {"HealthCheckEnabled": True, "HealthCheckPort": "traffic-port"}
    ),
    "AWS::Events::Rule": Reader(
        workflows.event_rule, {"State": "ENABLED"}, {"Arn": workflows.event_rule_arn}, name="Name"
    ),
    "AWS::IAM::InstanceProfile": Reader(
        identity.instance_profile, {"Path": "/"}, {"Arn": identity.instance_profile_arn}
    ),
    "AWS::IAM::ManagedPolicy": Reader(identity.managed_policy, {"Path": "/"}),
    "AWS::IAM::Role": Reader(identity.role, {"MaxSessionDuration": 3600, "Path": "/"}, {"Arn": identity.role_arn}),
    "AWS::KMS::Key": Reader(
        identity.key,
        {"Enabled": True, "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "MultiRegion": False},
        {"Arn": identity.key_arn},
    ),
    "AWS::Logs::LogGroup": Reader(
        storage.log_group, {"LogGroupClass": "STANDARD"}, {"Arn": storage.log_group_arn}, name="LogGroupName"
    ),
    "AWS::Logs::ResourcePolicy": Reader(storage.log_policy),
    "AWS::S3::Bucket": Reader(
        storage.bucket,
        {
            "BucketEncryption.ServerSideEncryptionConfiguration": [
                {"BucketKeyEnabled": False, "ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ],
            "OwnershipControls.Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}],
        },
        {"Arn": storage.bucket_arn},
    ),
    "AWS::S3::BucketPolicy": Reader(storage.bucket_policy),
    "AWS::SNS::Topic": Reader(messages.topic, attributes={"TopicArn": _same, "TopicName": messages.topic_name}),
    "AWS::SNS::TopicPolicy": Reader(messages.topic_policy),
    "AWS::SQS::Queue": Reader(
        messages.queue,
        {
            "DelaySeconds": "0",
            "MaximumMessageSize": "1048576",
            "MessageRetentionPeriod": "345600",
            "ReceiveMessageWaitTimeSeconds": "0",
            "SqsManagedSseEnabled": "true",
            "VisibilityTimeout": "30",
        },
        {"Arn": messages.queue_arn, "QueueName": messages.queue_name, "QueueUrl": _same},
    ),
    "AWS::SQS::QueuePolicy": Reader(messages.queue_policy),
    "AWS::SSM::Parameter": Reader(storage.parameter),
    "AWS::Scheduler::Schedule": Reader(
        workflows.schedule,
        {
            "ActionAfterCompletion": "NONE",
            "GroupName": "default",
            "ScheduleExpressionTimezone": "UTC",
            "State": "ENABLED",
        },
        {"Arn": workflows.schedule_arn},
        name="Name",
    ),
    "AWS::Scheduler::ScheduleGroup": Reader(
        workflows.schedule_group, attributes={"Arn": workflows.schedule_group_arn}, name="Name"
    ),
    "AWS::SecretsManager::Secret": Reader(storage.secret),
    "AWS::StepFunctions::StateMachine": Reader(
        workflows.state_machine,
        {
            "EncryptionConfiguration.Type": "AWS_OWNED_KEY",
            "LoggingConfiguration.IncludeExecutionData": False,
            "LoggingConfiguration.Level": "OFF",
            "StateMachineType": "STANDARD",
            "TracingConfiguration.Enabled": False,
        },
        {"Arn": _same, "Name": workflows.state_machine_name},
    ),
}
# What CloudFormation alone knows of: a policy that stands apart is seen in its roles.
UNSEEN = frozenset({"AWS::CDK::Metadata", "AWS::IAM::Policy"})


def attribute(aws: Aws) -> Callable[[str, str, str], Any]:
    """What ``Fn::GetAtt`` finds, as the emulated AWS tells it."""
    return lambda resource_type, physical_id, name: READERS[resource_type].attributes[name](aws, physical_id, name)
