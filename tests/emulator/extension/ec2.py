"""EC2: what MiniStack has no resource type for, and what it keeps less of than it is told."""

import json
from typing import Any

from ministack.services import ec2

from tests.emulator.extension import memory
from tests.emulator.extension.api import client
from tests.emulator.extension.resource import Created, Properties, ResourceType, require, without
from tests.emulator.extension.shapes import call


def _tags(properties: Properties, resource_type: str) -> list[dict[str, Any]]:
    """The tags as the API takes them at creation."""
    tags = properties.get("Tags")
    return [{"ResourceType": resource_type, "Tags": tags}] if tags else []


def retag(resource: str, old: Properties, new: Properties) -> None:
    """Change a thing's tags to those of the template."""
    gone = {tag["Key"] for tag in old.get("Tags", [])} - {tag["Key"] for tag in new.get("Tags", [])}
    if gone:
        client("ec2").delete_tags(Resources=[resource], Tags=[{"Key": key} for key in sorted(gone)])
    if new.get("Tags"):
        client("ec2").create_tags(Resources=[resource], Tags=new["Tags"])


def _only_tags(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    """The update of a type whose other properties all replace it."""
    retag(physical_id, old, new)
    return {}


def _create_address(_logical_id: str, properties: Properties, _stack: str) -> Created:
    made = call(
        "ec2", "AllocateAddress", without(properties, "Tags"), TagSpecifications=_tags(properties, "elastic-ip")
    )
    return made["PublicIp"], {"AllocationId": made["AllocationId"], "PublicIp": made["PublicIp"]}


def _allocation(address: str) -> str:
    """The allocation of a public address."""
    (found,) = (each for each in client("ec2").describe_addresses()["Addresses"] if each["PublicIp"] == address)
    return str(found["AllocationId"])


def _update_address(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    retag(_allocation(physical_id), old, new)
    return {}


def _delete_address(physical_id: str, _properties: Properties) -> None:
    client("ec2").release_address(AllocationId=_allocation(physical_id))


def _create_nat_gateway(_logical_id: str, properties: Properties, _stack: str) -> Created:
    require("subnet ID", properties["SubnetId"], ec2._subnets)
    require("allocation ID", properties["AllocationId"], ec2._addresses)
    made = call(
        "ec2", "CreateNatGateway", without(properties, "Tags"), TagSpecifications=_tags(properties, "natgateway")
    )
    gateway = str(made["NatGateway"]["NatGatewayId"])
    memory.remember("NatGateway", gateway, NatGatewayAddresses=[{"AllocationId": properties["AllocationId"]}])
    return gateway, {"NatGatewayId": gateway}


def _delete_nat_gateway(physical_id: str, _properties: Properties) -> None:
    client("ec2").delete_nat_gateway(NatGatewayId=physical_id)
    memory.forget("NatGateway", physical_id)


def _create_flow_log(_logical_id: str, properties: Properties, _stack: str) -> Created:
    require("vpc ID", properties["ResourceId"], ec2._vpcs)
    made = call(
        "ec2",
        "CreateFlowLogs",
        without(properties, "Tags", "ResourceId"),
        ResourceIds=[properties["ResourceId"]],
    )
    (flow_log,) = made["FlowLogIds"]
    retag(flow_log, {}, properties)  # MiniStack expects another resource type in TagSpecifications than AWS
    kept = {key: properties[key] for key in ("DeliverLogsPermissionArn", "LogGroupName") if key in properties}
    memory.remember("FlowLog", flow_log, **kept)
    return flow_log, {"Id": flow_log}


def _delete_flow_log(physical_id: str, _properties: Properties) -> None:
    client("ec2").delete_flow_logs(FlowLogIds=[physical_id])
    memory.forget("FlowLog", physical_id)


def _endpoint_facts(properties: Properties) -> dict[str, Any]:
    """What MiniStack does not keep of an endpoint, or does not tell."""
    facts: dict[str, Any] = {
        "PrivateDnsEnabled": properties.get("PrivateDnsEnabled", False),
        "Groups": [{"GroupId": group} for group in properties.get("SecurityGroupIds", [])],
    }
    if "PolicyDocument" in properties:
        facts["PolicyDocument"] = _document(properties["PolicyDocument"])
    return facts


def _document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _endpoint_request(properties: Properties) -> Properties:
    policy = {"PolicyDocument": _document(properties["PolicyDocument"])} if "PolicyDocument" in properties else {}
    return {**without(properties, "Tags"), **policy}


def _require_endpoint_parts(properties: Properties) -> None:
    require("vpc ID", properties["VpcId"], ec2._vpcs)
    for name, store in (
        ("SubnetIds", ec2._subnets),
        ("SecurityGroupIds", ec2._security_groups),
        ("RouteTableIds", ec2._route_tables),
    ):
        for each in properties.get(name, []):
            require(name, each, store)


def _create_endpoint(_logical_id: str, properties: Properties, _stack: str) -> Created:
    _require_endpoint_parts(properties)
    made = call(
        "ec2",
        "CreateVpcEndpoint",
        _endpoint_request(properties),
        TagSpecifications=_tags(properties, "vpc-endpoint"),
    )
    endpoint = str(made["VpcEndpoint"]["VpcEndpointId"])
    memory.remember("VpcEndpoint", endpoint, **_endpoint_facts(properties))
    return endpoint, {"Id": endpoint, "DnsEntries": [], "NetworkInterfaceIds": []}


def _update_endpoint(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    _require_endpoint_parts(new)
    kept = ec2._vpc_endpoints[physical_id]
    kept |= {name: new.get(name, []) for name in ("SubnetIds", "RouteTableIds")}
    memory.remember("VpcEndpoint", physical_id, **_endpoint_facts(new))
    retag(physical_id, old, new)
    return {}


def _delete_endpoint(physical_id: str, _properties: Properties) -> None:
    client("ec2").delete_vpc_endpoints(VpcEndpointIds=[physical_id])
    memory.forget("VpcEndpoint", physical_id)


TYPES = {
    "AWS::EC2::EIP": ResourceType(
        create=_create_address,
        update=_update_address,
        delete=_delete_address,
        replacing=("Domain", "NetworkBorderGroup", "TransferAddress"),
    ),
    "AWS::EC2::NatGateway": ResourceType(
        create=_create_nat_gateway,
        update=_only_tags,
        delete=_delete_nat_gateway,
        replacing=("AllocationId", "ConnectivityType", "SubnetId", "VpcId"),
    ),
    "AWS::EC2::FlowLog": ResourceType(
        create=_create_flow_log,
        update=_only_tags,
        delete=_delete_flow_log,
        replacing=(
            "DeliverLogsPermissionArn",
            "LogDestination",
            "LogDestinationType",
            "LogFormat",
            "LogGroupName",
            "MaxAggregationInterval",
            "ResourceId",
            "ResourceType",
            "TrafficType",
        ),
    ),
    "AWS::EC2::VPCEndpoint": ResourceType(
        create=_create_endpoint,
        update=_update_endpoint,
        delete=_delete_endpoint,
        replacing=("ServiceName", "VpcEndpointType", "VpcId"),
    ),
}
