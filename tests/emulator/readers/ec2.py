"""What EC2 tells of its things, in CloudFormation's shape."""

from typing import Any

from tests.emulator.aws import Aws, tags

Found = dict[str, Any]


def _one(aws: Aws, operation: str, key: str, argument: str, identity: str) -> Found:
    (found,) = getattr(aws("ec2"), operation)(**{argument: [identity]})[key]
    assert isinstance(found, dict)
    return found


def vpc(aws: Aws, identity: str) -> Found:
    found = _one(aws, "describe_vpcs", "Vpcs", "VpcIds", identity)
    dns = {
        name: aws("ec2").describe_vpc_attribute(VpcId=identity, Attribute=attribute)[name]["Value"]
        for name, attribute in (("EnableDnsHostnames", "enableDnsHostnames"), ("EnableDnsSupport", "enableDnsSupport"))
    }
    return {
        "CidrBlock": found["CidrBlock"],
        "InstanceTenancy": found["InstanceTenancy"],
        "Tags": tags(found["Tags"]),
        **dns,
    }


def subnet(aws: Aws, identity: str) -> Found:
    found = _one(aws, "describe_subnets", "Subnets", "SubnetIds", identity)
    names = ("AvailabilityZone", "CidrBlock", "MapPublicIpOnLaunch", "VpcId", "AssignIpv6AddressOnCreation")
    return {name: found[name] for name in names} | {"Tags": tags(found["Tags"])}


def internet_gateway(aws: Aws, identity: str) -> Found:
    found = _one(aws, "describe_internet_gateways", "InternetGateways", "InternetGatewayIds", identity)
    return {"Tags": tags(found["Tags"])}


def gateway_attachment(aws: Aws, identity: str) -> Found:
    kind, _, vpc_id = identity.partition("|")
    assert kind == "IGW"
    (found,) = aws("ec2").describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc_id]}])[
        "InternetGateways"
    ]
    (attachment,) = found["Attachments"]
    return {"InternetGatewayId": found["InternetGatewayId"], "VpcId": attachment["VpcId"]}


def address(aws: Aws, identity: str) -> Found:
    (found,) = (each for each in aws("ec2").describe_addresses()["Addresses"] if each["PublicIp"] == identity)
    return {"Domain": found["Domain"], "Tags": tags(found["Tags"])}


def allocation(aws: Aws, identity: str, _name: str) -> str:
    (found,) = (each for each in aws("ec2").describe_addresses()["Addresses"] if each["PublicIp"] == identity)
    return str(found["AllocationId"])


def nat_gateway(aws: Aws, identity: str) -> Found:
    found = _one(aws, "describe_nat_gateways", "NatGateways", "NatGatewayIds", identity)
    assert found["State"] == "available"
    (own,) = found["NatGatewayAddresses"]
    return {
        "AllocationId": own["AllocationId"],
        "ConnectivityType": found["ConnectivityType"],
        "SubnetId": found["SubnetId"],
        "Tags": tags(found["Tags"]),
    }


def route_table(aws: Aws, identity: str) -> Found:
    found = _one(aws, "describe_route_tables", "RouteTables", "RouteTableIds", identity)
    return {"VpcId": found["VpcId"], "Tags": tags(found["Tags"])}


def route(aws: Aws, identity: str) -> Found:
    table, _, destination = identity.partition("|")
    found = _one(aws, "describe_route_tables", "RouteTables", "RouteTableIds", table)
    (own,) = (each for each in found["Routes"] if each.get("DestinationCidrBlock") == destination)
    assert own["State"] == "active"
    names = ("DestinationCidrBlock", "GatewayId", "NatGatewayId")
    return {"RouteTableId": table} | {name: own[name] for name in names if name in own}


def association(aws: Aws, identity: str) -> Found:
    (found,) = aws("ec2").describe_route_tables(
        Filters=[{"Name": "association.route-table-association-id", "Values": [identity]}]
    )["RouteTables"]
    (own,) = (each for each in found["Associations"] if each["RouteTableAssociationId"] == identity)
    return {"RouteTableId": own["RouteTableId"], "SubnetId": own["SubnetId"]}


def endpoint(aws: Aws, identity: str) -> Found:
    found = _one(aws, "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointIds", identity)
    assert found["State"] == "available"
    names = ("PolicyDocument", "PrivateDnsEnabled", "RouteTableIds", "ServiceName", "SubnetIds", "VpcEndpointType")
    return {name: found[name] for name in (*names, "VpcId") if name in found} | {
        "SecurityGroupIds": [group["GroupId"] for group in found["Groups"]],
        "Tags": tags(found["Tags"]),
    }


def flow_log(aws: Aws, identity: str) -> Found:
    found = _one(aws, "describe_flow_logs", "FlowLogs", "FlowLogIds", identity)
    assert found["FlowLogStatus"] == "ACTIVE"
    names = ("DeliverLogsPermissionArn", "LogDestinationType", "LogGroupName", "ResourceId", "TrafficType")
    return {name: found[name] for name in names} | {
        # The kind of what is watched is not told again: it is in the id's prefix.
        "ResourceType": {"vpc": "VPC", "subnet": "Subnet"}[found["ResourceId"].partition("-")[0]],
        "Tags": tags(found["Tags"]),
    }


def launch_template(aws: Aws, identity: str) -> Found:
    template = _one(aws, "describe_launch_templates", "LaunchTemplates", "LaunchTemplateIds", identity)
    (latest,) = aws("ec2").describe_launch_template_versions(
        LaunchTemplateId=identity, Versions=[str(template["LatestVersionNumber"])]
    )["LaunchTemplateVersions"]
    own = tags(template["Tags"])
    return {
        "LaunchTemplateData": latest["LaunchTemplateData"],
        "TagSpecifications": [{"ResourceType": "launch-template", "Tags": own}] if own else [],
    }


def latest_version(aws: Aws, identity: str, _name: str) -> str:
    found = _one(aws, "describe_launch_templates", "LaunchTemplates", "LaunchTemplateIds", identity)
    return str(found["LatestVersionNumber"])
