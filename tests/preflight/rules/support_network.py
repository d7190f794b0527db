"""Changes to the networks of the templates in which all is well."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.preflight.rules.support_tasks import Resources

Change = Callable[[Resources], None]


def removed(*logical_ids: str) -> Change:
    """Take resources away, and what depends on them by name."""

    def change(resources: Resources) -> None:
        for name in logical_ids:
            del resources[name]
        for resource in resources.values():
            waits = resource.get("DependsOn")
            if isinstance(waits, list):
                resource["DependsOn"] = [name for name in waits if name not in logical_ids]

    return change


def set_to(logical_id: str, **properties: Any) -> Change:  # noqa: ANN401 - properties
    """Change properties of a resource; None takes one away."""

    def change(resources: Resources) -> None:
        own = resources[logical_id].setdefault("Properties", {})
        for name, value in properties.items():
            if value is None:
                own.pop(name)
            else:
                own[name] = value

    return change


def added(**resources: tuple[str, dict[str, Any]]) -> Change:
    """Add resources: ``Nat=("EC2::NatGateway", {...})``."""

    def change(found: Resources) -> None:
        for name, (type_, properties) in resources.items():
            found[name] = {"Type": f"AWS::{type_}", "Properties": deepcopy(properties)}

    return change


def ref(logical_id: str) -> dict[str, str]:
    return {"Ref": logical_id}


def attribute(logical_id: str, name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, name]}


def container(**properties: Any) -> Change:  # noqa: ANN401 - properties
    """Change the first container of a fixture's task definition."""

    def change(resources: Resources) -> None:
        name = "TaskDefinition" if "TaskDefinition" in resources else "WorkerTaskDefinition"
        resources[name]["Properties"]["ContainerDefinitions"][0].update(properties)

    return change


def network(**properties: Any) -> Change:  # noqa: ANN401 - properties
    """Change the AwsvpcConfiguration of the Fargate service."""

    def change(resources: Resources) -> None:
        own = resources["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        own.update(properties)

    return change


INTERNET_GATEWAY = added(
    Gateway=("EC2::InternetGateway", {}),
    Attachment=("EC2::VPCGatewayAttachment", {"VpcId": ref("Vpc"), "InternetGatewayId": ref("Gateway")}),
    Default=(
        "EC2::Route",
        {"RouteTableId": ref("RouteTable"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("Gateway")},
    ),
)
"""The subnets lead to an internet gateway."""

NAT_GATEWAY = added(
    Gateway=("EC2::InternetGateway", {}),
    Attachment=("EC2::VPCGatewayAttachment", {"VpcId": ref("Vpc"), "InternetGatewayId": ref("Gateway")}),
    PublicSubnet=("EC2::Subnet", {"VpcId": ref("Vpc"), "CidrBlock": "10.0.9.0/24"}),
    PublicTable=("EC2::RouteTable", {"VpcId": ref("Vpc")}),
    PublicAssociation=(
        "EC2::SubnetRouteTableAssociation",
        {"SubnetId": ref("PublicSubnet"), "RouteTableId": ref("PublicTable")},
    ),
    PublicDefault=(
        "EC2::Route",
        {"RouteTableId": ref("PublicTable"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("Gateway")},
    ),
    Nat=("EC2::NatGateway", {"SubnetId": ref("PublicSubnet"), "AllocationId": "eipalloc-1"}),
    Default=(
        "EC2::Route",
        {"RouteTableId": ref("RouteTable"), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": ref("Nat")},
    ),
)
"""The subnets lead to a NAT gateway."""


def default_route(**target: str) -> Change:
    """Lead the subnets to something by a default route."""
    return added(
        Default=("EC2::Route", {"RouteTableId": ref("RouteTable"), "DestinationCidrBlock": "0.0.0.0/0", **target})
    )


def imported_subnets(resources: Resources) -> None:
    """Run the service in subnets of another stack."""
    network(Subnets=[{"Fn::ImportValue": "Subnet"}])(resources)


def imported_vpc(resources: Resources) -> None:
    """Take the VPC out of the template; its subnets stay."""
    del resources["Vpc"]
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if properties.get("VpcId") == ref("Vpc"):
            properties["VpcId"] = {"Fn::ImportValue": "Vpc"}


def shared_table(resources: Resources) -> None:
    """Give the subnets a route table of another stack."""
    for name in ("RouteTableOfA", "RouteTableOfB"):
        resources[name]["Properties"]["RouteTableId"] = {"Fn::ImportValue": "Table"}


OPEN: dict[str, Change] = {
    "a transit gateway": default_route(TransitGatewayId="tgw-1"),
    "a virtual private gateway": default_route(GatewayId="vgw-1"),
    "an instance": default_route(InstanceId="i-1"),
    "a network interface": default_route(NetworkInterfaceId="eni-1"),
    "a peering connection": default_route(VpcPeeringConnectionId="pcx-1"),
    "a firewall": default_route(VpcEndpointId="vpce-1"),
    "a local gateway": default_route(LocalGatewayId="lgw-1"),
    "subnets of another stack": imported_subnets,
    "a VPC of another stack": imported_vpc,
    "a route table of another stack": shared_table,
}
"""Networks that the templates do not show in full: nothing that is missing in them is sure to be missing."""
