"""How things are broken, or changed, in the templates of the sample app; each function is a change, or makes one."""

from collections.abc import Callable
from typing import Any, Final

from tests.preflight.mutating import Change, Sample

_RECORDS = {"AWS::Logs::LogGroup": "ExecAuditLogGroup", "AWS::S3::Bucket": "ExecAuditBucket"}
_CLOSED = {"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 85}
CLOSED_GROUP: Final = {"GroupDescription": "Closed", "SecurityGroupEgress": [_CLOSED]}
OTHER_ACCOUNT: Final = "999999999999"
SERVICES: Final = ("Web", "Worker")
GROUP: Final = "ClusterInstancesAutoScalingGroupASG"


def more(stack: str, name: str, kind: str, **properties: Any) -> Change:  # noqa: ANN401 - any property
    return lambda sample: sample.add(stack, **{name: {"Type": kind, "Properties": properties}})


def remove(name: str) -> Change:
    return lambda sample: sample.remove(name)


def put(name: str, **properties: Any) -> Change:  # noqa: ANN401 - any property
    return lambda sample: sample.properties(name).update(properties)


def nested(name: str, property_: str, **properties: Any) -> Change:  # noqa: ANN401 - any property
    return lambda sample: sample.properties(name)[property_].update(properties)


def drop(name: str, property_: str) -> Change:
    return lambda sample: sample.properties(name).pop(property_)


def contain(**properties: Any) -> Change:  # noqa: ANN401 - any property
    return lambda sample: sample.container("Web").update(properties)


def forbid(policy: str, action: str) -> Change:
    return lambda sample: sample.forbid(policy, action)


def deny(policy: str, action: str) -> Change:
    return lambda sample: sample.statements(policy).append({"Effect": "Deny", "Action": action, "Resource": "*"})


def trust(role: str, **parts: Any) -> Change:  # noqa: ANN401 - any part of a statement
    return lambda sample: sample.statements(role, "AssumeRolePolicyDocument")[0].update(parts)


def other_region(endpoint: str) -> Change:
    def change(sample: Sample) -> None:
        properties = sample.properties(endpoint)
        properties["ServiceName"] = properties["ServiceName"].replace("us-east-1", "eu-west-1")

    return change


def other_account(endpoint: str) -> Change:
    def change(sample: Sample) -> None:
        sample.statements(endpoint)[0]["Condition"] = {"StringEquals": {"aws:PrincipalAccount": OTHER_ACCOUNT}}

    return change


def other_layers(sample: Sample) -> None:
    sample.statements("NetworkS3Endpoint")[0]["Resource"] = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"


def no_delegation(key: str) -> Change:
    """Take out what lets the account's own policies decide; the CDK writes it for a secret once more."""
    return keep(key, lambda statement: not str(statement["Principal"].get("AWS")).endswith(":root"))


def no_logs(key: str) -> Change:
    return keep(key, lambda statement: statement.get("Sid") != "CloudWatchLogs")


def keep(key: str, wanted: Callable[[dict[str, Any]], bool]) -> Change:
    def change(sample: Sample) -> None:
        policy = sample.properties(key)["KeyPolicy"]
        policy["Statement"] = [statement for statement in policy["Statement"] if wanted(statement)]

    return change


def other_logs(key: str) -> Change:
    def change(sample: Sample) -> None:
        (statement,) = (one for one in sample.statements(key, "KeyPolicy") if one.get("Sid") == "CloudWatchLogs")
        statement["Principal"] = {"Service": "logs.eu-west-1.amazonaws.com"}

    return change


def grant_of_other(action: str) -> Change:
    """Give Web the right on what Worker has."""

    def change(sample: Sample) -> None:
        own, other = (
            next(one for one in sample.statements(f"{service}TaskExecutionRolePolicy") if action in one["Action"])
            for service in SERVICES
        )
        own["Resource"] = other["Resource"]

    return change


def other_cluster(sample: Sample) -> None:
    sample.add("Cluster", Other={"Type": "AWS::ECS::Cluster"})
    for statement in sample.statements("ClusterInstancesInstanceRolePolicy"):
        if "Condition" in statement:
            statement["Condition"] = {"ArnEquals": {"ecs:cluster": {"Fn::GetAtt": ["Other", "Arn"]}}}


def ungroup(service: str) -> Change:
    return lambda sample: sample.properties(f"{service}Service")["NetworkConfiguration"]["AwsvpcConfiguration"][
        "SecurityGroups"
    ].pop()


def ungroup_instances(sample: Sample) -> None:
    launch(sample)["SecurityGroupIds"].pop()


def close(group: str) -> Change:
    return lambda sample: sample.properties(group).update(SecurityGroupEgress=[_CLOSED])


def nat_inside(sample: Sample) -> None:
    sample.properties("NetworkFirstPublicSubnetNATGateway")["SubnetId"] = {"Ref": sample.ref("NetworkFirstTaskSubnet")}


def in_public(sample: Sample) -> None:
    web = sample.properties("WebService")["NetworkConfiguration"]["AwsvpcConfiguration"]
    web["Subnets"] = [public_subnet(sample)]


def public_subnet(sample: Sample) -> dict[str, str]:
    """Export the public subnet of the network's stack, for the others."""
    export = "PublicSubnet"
    subnet = {"Ref": sample.ref("NetworkFirstPublicSubnet")}
    sample.body("Network")["Outputs"][export] = {"Value": subnet, "Export": {"Name": export}}
    return {"Fn::ImportValue": export}


def entry(number: int, *, egress: bool, **about: Any) -> dict[str, Any]:  # noqa: ANN401 - any property
    entry = {"RuleNumber": number, "Egress": egress, "RuleAction": "allow", "Protocol": -1, "CidrBlock": "0.0.0.0/0"}
    return {"Type": "AWS::EC2::NetworkAclEntry", "Properties": {"NetworkAclId": {"Ref": "Acl"}, **entry, **about}}


def acl(sample: Sample, *entries: dict[str, Any]) -> None:
    """Give the tasks' first subnet a network ACL of its own."""
    vpc, subnet = ({"Ref": sample.ref(name)} for name in ("NetworkVpc", "NetworkFirstTaskSubnet"))
    association = {"NetworkAclId": {"Ref": "Acl"}, "SubnetId": subnet}
    sample.add(
        "Network",
        Acl={"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": vpc}},
        AclAssociation={"Type": "AWS::EC2::SubnetNetworkAclAssociation", "Properties": association},
        **{f"AclEntry{number}": entry for number, entry in enumerate(entries)},
    )


def launch(sample: Sample) -> dict[str, Any]:
    data: dict[str, Any] = sample.properties("ClusterInstancesLaunchTemplate")["LaunchTemplateData"]
    return data


def user_data(script: str) -> Change:
    return lambda sample: launch(sample).update(UserData={"Fn::Base64": f"#!/bin/bash\n{script}"})


def unprotected(sample: Sample) -> None:
    """Protect instances neither by the capacity provider nor by the group."""
    sample.properties(GROUP).pop("NewInstancesProtectedFromScaleIn")
    provider = sample.properties("ClusterInstancesCapacityProvider")["AutoScalingGroupProvider"]
    provider["ManagedTerminationProtection"] = "DISABLED"


def behind(**properties: Any) -> Change:  # noqa: ANN401 - any property
    """Register something else of Web's with the load balancer."""
    return lambda sample: sample.properties("WebService")["LoadBalancers"][0].update(properties)


def no_option(option: str) -> Change:
    return lambda sample: log(sample)["Options"].pop(option)


def log(sample: Sample) -> dict[str, Any]:
    log: dict[str, Any] = sample.container("Web")["LogConfiguration"]
    return log


def executing(sample: Sample) -> dict[str, Any]:
    configuration = sample.properties("Cluster", "AWS::ECS::Cluster")["Configuration"]
    found: dict[str, Any] = configuration["ExecuteCommandConfiguration"]
    return found


def use_for_exec(**properties: Any) -> Change:  # noqa: ANN401 - any property
    def change(sample: Sample) -> None:
        sample.add("Cluster", Unrelated={"Type": "AWS::KMS::Key", "Properties": sample.properties("ExecAuditKey")})
        executing(sample).update(properties)

    return change


def audit(**types: str) -> Change:
    """Write the records of ECS Exec to another resource of the same stack."""

    def change(sample: Sample) -> None:
        for property_, kind in types.items():
            sample.add("Cluster", Unrelated={"Type": kind, "Properties": sample.properties(_RECORDS[kind])})
            executing(sample)["LogConfiguration"][property_] = {"Ref": "Unrelated"}

    return change


def bucket_denies(sample: Sample) -> None:
    statement = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Principal": "*"}
    arn = {"Fn::GetAtt": [sample.ref("ExecAuditBucket"), "Arn"]}
    sample.statements("ExecAuditBucketPolicy").append({**statement, "Resource": {"Fn::Join": ["", [arn, "/*"]]}})


def from_elsewhere(rule: str) -> Change:
    def change(sample: Sample) -> None:
        del sample.properties(rule)["SourceSecurityGroupId"]
        sample.properties(rule)["CidrIp"] = "10.9.0.0/16"

    return change


def other_vpc(sample: Sample) -> None:
    vpc = {"CidrBlock": "10.9.0.0/16", "EnableDnsSupport": True, "EnableDnsHostnames": True}
    subnet = {"VpcId": {"Ref": "Other"}, "CidrBlock": "10.9.0.0/24"}
    group = {"VpcId": {"Ref": "Other"}, "GroupDescription": "Endpoints"}
    kinds = {"Other": vpc, "OtherSubnet": subnet, "OtherGroup": group}
    types = dict(zip(kinds, ("VPC", "Subnet", "SecurityGroup"), strict=True))
    sample.add("Network", **{key: {"Type": f"AWS::EC2::{types[key]}", "Properties": kinds[key]} for key in kinds})
    inside = {"VpcId": {"Ref": "Other"}, "SubnetIds": [{"Ref": "OtherSubnet"}]}
    sample.properties("NetworkEcrApiEndpoint").update(inside, SecurityGroupIds=[{"Ref": "OtherGroup"}])


def instances_in_public(sample: Sample) -> None:
    group = sample.properties("ClusterInstancesAutoScalingGroupASG")
    group["VPCZoneIdentifier"] = [public_subnet(sample)]
    web = sample.properties("WebService")["NetworkConfiguration"]["AwsvpcConfiguration"]
    web["AssignPublicIp"] = "ENABLED"


def reverse(properties: dict[str, Any]) -> None:
    for key in reversed(list(properties)):
        properties[key] = properties.pop(key)


def public_address(sample: Sample) -> None:
    sample.properties("WebService")["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] = "ENABLED"


def tagged(image: dict[str, Any]) -> dict[str, Any]:
    return {"Fn::Join": ["", [*image["Fn::Join"][1][:-1], ":2.0.0"]]}


def more_user_data(sample: Sample) -> None:
    lines = launch(sample)["UserData"]["Fn::Base64"]["Fn::Join"][1]
    lines.append("\nyum update --assumeyes")


def reroute(route: str, target: dict[str, Any]) -> Change:
    def change(sample: Sample) -> None:
        properties = {**sample.properties(route), **target}
        found = sample.properties(route)
        found.clear()
        found.update({key: value for key, value in properties.items() if value is not None})

    return change


def log_by_name(sample: Sample) -> None:
    log(sample)["Options"]["awslogs-group"] = "made-by-others"
    sample.statements("WebTaskExecutionRolePolicy").append({"Effect": "Allow", "Action": "logs:*", "Resource": "*"})


def no_log_key(sample: Sample) -> None:
    statements = sample.statements("WebTaskExecutionRolePolicy")
    statements[:] = [one for one in statements if "kms:Encrypt" not in one["Action"]]


def instance_type(sample: Sample) -> None:
    launch(sample)["InstanceType"] = "m7i.large"


def x86_instances(sample: Sample) -> None:
    """Make instances of another architecture, from a machine image that fits."""
    instance_type(sample)
    for parameter in sample.body("Cluster")["Parameters"].values():
        parameter["Default"] = parameter["Default"].replace("/arm64/", "/")


def no_way_between_services(sample: Sample) -> None:
    """Take out the rules by which one service calls the other, through its load balancer."""
    resources = sample.body("Services")["Resources"]
    found = [key for key in resources if key.startswith("WorkerSecurityGroup") and "LoadBalancer" in key]
    assert len(found) == 2, found
    for logical_id in found:
        del resources[logical_id]


def waits_for_listener_only(sample: Sample) -> None:
    sample.resource("WebService")["DependsOn"] = [sample.ref("WebLoadBalancerTargetRule")]


def unneeded_endpoint(sample: Sample) -> None:
    vpc = {"Ref": sample.ref("NetworkVpc")}
    queue = {"VpcId": vpc, "ServiceName": "com.amazonaws.us-east-1.sqs", "VpcEndpointType": "Interface"}
    sample.add("Network", Sqs={"Type": "AWS::EC2::VPCEndpoint", "Properties": queue})


def no_capacity(sample: Sample) -> None:
    sample.properties("Cluster", "AWS::ECS::ClusterCapacityProviderAssociations")["CapacityProviders"] = []
