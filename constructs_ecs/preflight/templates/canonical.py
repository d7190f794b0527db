"""One way to write each thing: what ``Ref`` and ``Fn::GetAtt`` of a resource are.

An ARN is a pattern around the resource's name, which is the name property where the template gives one, and the
symbol of its ``Ref`` where CloudFormation makes the name up. So an ARN that a policy joins by hand equals the ARN that
another policy gets with ``Fn::GetAtt``.

Source: CloudFormation's resource reference ("Return values" of each type) and the service authorization reference
("Resource types defined by" each service) for the ARN formats.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class RefIs(Enum):
    """What ``Ref`` of a resource type gives."""

    NAME = "name"
    ARN = "arn"
    ID = "id"
    """Something short that AWS makes up."""
    URL = "url"
    """Something with slashes and colons that AWS makes up: an ARN or a URL."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What ``Ref`` and the attributes of a resource type are.

    Args:
        name: the property that holds the name, if the type has one that ``Ref`` or the ARN carries.
        arn: the ARN, with ``{partition}``, ``{region}``, ``{account}`` and ``{name}``; empty if it is not known.
        ref: what ``Ref`` is.
        arn_attributes: the attributes that are the ARN.
        ref_attributes: the attributes that are what ``Ref`` is.
        echoes: attribute -> the property that it repeats.
        unnamed: the attribute that stands for the name in the ARN when AWS makes it up.
        suffix: what AWS appends to the ARN: separator and the attribute that stands for it.
        also: other attributes, written like ``arn``.
        has_path: whether the property ``Path`` stands before the name in the ARN.
    """

    name: str = ""
    arn: str = ""
    ref: RefIs = RefIs.NAME
    arn_attributes: tuple[str, ...] = ("Arn",)
    ref_attributes: tuple[str, ...] = ()
    echoes: Mapping[str, str] = field(default_factory=dict)
    unnamed: str = "Ref"
    suffix: tuple[str, str] | None = None
    also: Mapping[str, str] = field(default_factory=dict)
    has_path: bool = False


_HERE: Final = "{region}:{account}"


def _named_by_arn(*attributes: str) -> Kind:
    """A type whose ``Ref`` is an ARN with parts that AWS makes up."""
    return Kind(ref=RefIs.URL, arn_attributes=(), ref_attributes=attributes)


def _id(*attributes: str, arn: str = "", **echoes: str) -> Kind:
    return Kind(ref=RefIs.ID, arn=arn, arn_attributes=("Arn",) if arn else (), ref_attributes=attributes, echoes=echoes)


KINDS: Final[Mapping[str, Kind]] = {
    "AWS::AutoScaling::AutoScalingGroup": Kind(name="AutoScalingGroupName", arn_attributes=()),
    "AWS::DynamoDB::Table": Kind(name="TableName", arn=f"arn:{{partition}}:dynamodb:{_HERE}:table/{{name}}"),
    "AWS::EC2::InternetGateway": _id("InternetGatewayId"),
    "AWS::EC2::LaunchTemplate": _id("LaunchTemplateId"),
    "AWS::EC2::NatGateway": _id("NatGatewayId"),
    "AWS::EC2::NetworkAcl": _id("Id"),
    "AWS::EC2::NetworkInterface": _id("Id"),
    "AWS::EC2::PrefixList": _id("PrefixListId"),
    "AWS::EC2::RouteTable": _id("RouteTableId"),
    "AWS::EC2::SecurityGroup": _id("GroupId", "Id", VpcId="VpcId"),
    "AWS::EC2::Subnet": _id("SubnetId", VpcId="VpcId", AvailabilityZone="AvailabilityZone", CidrBlock="CidrBlock"),
    "AWS::EC2::TransitGateway": _id("Id"),
    "AWS::EC2::VPC": _id("VpcId", CidrBlock="CidrBlock"),
    "AWS::EC2::VPCEndpoint": _id("Id"),
    "AWS::EC2::EgressOnlyInternetGateway": _id("Id"),
    "AWS::ECR::Repository": Kind(
        name="RepositoryName",
        arn=f"arn:{{partition}}:ecr:{_HERE}:repository/{{name}}",
        also={"RepositoryUri": "{account}.dkr.ecr.{region}.{suffix}/{name}"},
    ),
    "AWS::ECS::CapacityProvider": Kind(name="Name", arn=f"arn:{{partition}}:ecs:{_HERE}:capacity-provider/{{name}}"),
    "AWS::ECS::Cluster": Kind(name="ClusterName", arn=f"arn:{{partition}}:ecs:{_HERE}:cluster/{{name}}"),
    "AWS::ECS::Service": _named_by_arn("ServiceArn"),
    "AWS::ECS::TaskDefinition": Kind(
        name="Family",
        arn=f"arn:{{partition}}:ecs:{_HERE}:task-definition/{{name}}",
        ref=RefIs.ARN,
        arn_attributes=("TaskDefinitionArn",),
        unnamed="Family",
        suffix=(":", "Revision"),
    ),
    "AWS::EFS::AccessPoint": _id(
        "AccessPointId", arn=f"arn:{{partition}}:elasticfilesystem:{_HERE}:access-point/{{name}}"
    ),
    "AWS::EFS::FileSystem": _id(
        "FileSystemId", arn=f"arn:{{partition}}:elasticfilesystem:{_HERE}:file-system/{{name}}"
    ),
    "AWS::ElasticLoadBalancingV2::Listener": _named_by_arn("ListenerArn"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _named_by_arn("LoadBalancerArn"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _named_by_arn("TargetGroupArn"),
    "AWS::Events::Rule": Kind(name="Name", arn_attributes=()),
    "AWS::IAM::Group": Kind(name="GroupName", arn="arn:{partition}:iam::{account}:group{name}", has_path=True),
    "AWS::IAM::InstanceProfile": Kind(
        name="InstanceProfileName", arn="arn:{partition}:iam::{account}:instance-profile{name}", has_path=True
    ),
    "AWS::IAM::ManagedPolicy": Kind(
        name="ManagedPolicyName",
        arn="arn:{partition}:iam::{account}:policy{name}",
        ref=RefIs.ARN,
        arn_attributes=("PolicyArn",),
        unnamed="PolicyName",
        has_path=True,
    ),
    "AWS::IAM::Role": Kind(name="RoleName", arn="arn:{partition}:iam::{account}:role{name}", has_path=True),
    "AWS::IAM::User": Kind(name="UserName", arn="arn:{partition}:iam::{account}:user{name}", has_path=True),
    "AWS::KMS::Alias": Kind(name="AliasName", arn=f"arn:{{partition}}:kms:{_HERE}:{{name}}"),
    "AWS::KMS::Key": _id("KeyId", arn=f"arn:{{partition}}:kms:{_HERE}:key/{{name}}"),
    "AWS::KMS::ReplicaKey": _id("KeyId", arn=f"arn:{{partition}}:kms:{_HERE}:key/{{name}}"),
    "AWS::KinesisFirehose::DeliveryStream": Kind(
        name="DeliveryStreamName", arn=f"arn:{{partition}}:firehose:{_HERE}:deliverystream/{{name}}"
    ),
    "AWS::Lambda::Function": Kind(name="FunctionName", arn=f"arn:{{partition}}:lambda:{_HERE}:function:{{name}}"),
    "AWS::Logs::LogGroup": Kind(name="LogGroupName", arn=f"arn:{{partition}}:logs:{_HERE}:log-group:{{name}}:*"),
    "AWS::S3::Bucket": Kind(name="BucketName", arn="arn:{partition}:s3:::{name}"),
    "AWS::SNS::Topic": Kind(
        name="TopicName",
        arn=f"arn:{{partition}}:sns:{_HERE}:{{name}}",
        ref=RefIs.ARN,
        arn_attributes=("TopicArn",),
        unnamed="TopicName",
    ),
    "AWS::SQS::Queue": Kind(
        name="QueueName", arn=f"arn:{{partition}}:sqs:{_HERE}:{{name}}", ref=RefIs.URL, unnamed="QueueName"
    ),
    "AWS::SSM::Parameter": Kind(
        name="Name",
        arn=f"arn:{{partition}}:ssm:{_HERE}:parameter/{{name}}",
        arn_attributes=(),
        echoes={"Value": "Value"},
    ),
    "AWS::SecretsManager::Secret": Kind(
        name="Name",
        arn=f"arn:{{partition}}:secretsmanager:{_HERE}:secret:{{name}}",
        ref=RefIs.ARN,
        arn_attributes=("Id", "Arn"),
        unnamed="Name",
        suffix=("-", "Suffix"),
    ),
    "AWS::StepFunctions::StateMachine": Kind(
        name="StateMachineName",
        arn=f"arn:{{partition}}:states:{_HERE}:stateMachine:{{name}}",
        ref=RefIs.ARN,
        unnamed="Name",
        echoes={"Name": "StateMachineName"},
    ),
}
"""Resource type -> what its ``Ref`` and attributes are. A type that is not here has symbols that equal themselves."""

STANDS_FOR: Final[Mapping[str, str]] = {
    "AWS::SecretsManager::SecretTargetAttachment": "SecretId",
    "AWS::SecretsManager::ResourcePolicy": "SecretId",
    "AWS::SecretsManager::RotationSchedule": "SecretId",
}
"""Resource type -> the property that its ``Ref`` repeats: these answer with the secret's ARN."""
