"""EC2's security-group rules that stand apart from their group."""

from typing import Any

from ministack.services import ec2

from tests.emulator.extension import memory
from tests.emulator.extension.api import client
from tests.emulator.extension.resource import Created, Properties, RefusedError, ResourceType, require

_PEERS = {
    "SourceSecurityGroupId": "GroupId",
    "DestinationSecurityGroupId": "GroupId",
    "SourceSecurityGroupOwnerId": "UserId",
}
_ALL = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
_REPLACING = (
    "CidrIp",
    "CidrIpv6",
    "DestinationPrefixListId",
    "DestinationSecurityGroupId",
    "FromPort",
    "GroupId",
    "IpProtocol",
    "SourcePrefixListId",
    "SourceSecurityGroupId",
    "ToPort",
)


def _permission(properties: Properties) -> dict[str, Any]:
    """The rule as the API takes it."""
    described = {"Description": properties["Description"]} if "Description" in properties else {}
    permission: dict[str, Any] = {"IpProtocol": str(properties["IpProtocol"])}
    for port in ("FromPort", "ToPort"):
        if port in properties:
            permission[port] = int(properties[port])
    if "CidrIp" in properties:
        permission["IpRanges"] = [{"CidrIp": properties["CidrIp"], **described}]
    if "CidrIpv6" in properties:
        permission["Ipv6Ranges"] = [{"CidrIpv6": properties["CidrIpv6"], **described}]
    prefixes = [properties[name] for name in ("SourcePrefixListId", "DestinationPrefixListId") if name in properties]
    if prefixes:
        permission["PrefixListIds"] = [{"PrefixListId": each, **described} for each in prefixes]
    peer = {member: properties[name] for name, member in _PEERS.items() if name in properties}
    if peer:
        require("security group", peer["GroupId"], ec2._security_groups)
        permission["UserIdGroupPairs"] = [{**peer, **described}]
    return permission


def _create_ingress(_logical_id: str, properties: Properties, _stack: str) -> Created:
    require("security group", properties["GroupId"], ec2._security_groups)
    made = client("ec2").authorize_security_group_ingress(
        GroupId=properties["GroupId"], IpPermissions=[_permission(properties)]
    )
    return _rule_id(made, properties)


def _create_egress(_logical_id: str, properties: Properties, _stack: str) -> Created:
    """As CloudFormation does: the first rule takes the place of the one that lets everything out."""
    group = properties["GroupId"]
    require("security group", group, ec2._security_groups)
    if any(_is_all(each) for each in ec2._security_groups[group]["IpPermissionsEgress"]):
        client("ec2").revoke_security_group_egress(GroupId=group, IpPermissions=[_ALL])
    made = client("ec2").authorize_security_group_egress(GroupId=group, IpPermissions=[_permission(properties)])
    return _rule_id(made, properties)


def _is_all(permission: dict[str, Any]) -> bool:
    return (permission["IpProtocol"], permission["IpRanges"]) == ("-1", [{"CidrIp": "0.0.0.0/0"}])


def _rule_id(made: dict[str, Any], properties: Properties) -> Created:
    if len(made["SecurityGroupRules"]) != 1:
        raise RefusedError(f"the specified rule already exists, or is more than one: {properties}")
    rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    prefixes = [properties[name] for name in ("SourcePrefixListId", "DestinationPrefixListId") if name in properties]
    if prefixes:
        memory.remember("SecurityGroupRule", rule, PrefixListId=prefixes[0], Description=properties["Description"])
    return rule, {"Id": rule}


def _update(direction: str) -> Any:
    method = f"update_security_group_rule_descriptions_{direction}"

    def update(_physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
        getattr(client("ec2"), method)(GroupId=new["GroupId"], IpPermissions=[_permission(new)])
        return {}

    return update


def _delete(direction: str) -> Any:
    method = f"revoke_security_group_{direction}"

    def delete(_physical_id: str, properties: Properties) -> None:
        if properties["GroupId"] in ec2._security_groups:
            getattr(client("ec2"), method)(GroupId=properties["GroupId"], IpPermissions=[_permission(properties)])

    return delete


TYPES = {
    "AWS::EC2::SecurityGroupIngress": ResourceType(
        create=_create_ingress, update=_update("ingress"), delete=_delete("ingress"), replacing=_REPLACING
    ),
    "AWS::EC2::SecurityGroupEgress": ResourceType(
        create=_create_egress, update=_update("egress"), delete=_delete("egress"), replacing=_REPLACING
    ),
}


def install() -> None:
    """Let the emulator read the prefix lists of a rule."""
    parse = ec2._parse_ip_permissions

    def with_prefixes(parameters: dict[str, Any], name: str) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = parse(parameters, name)
        for number, rule in enumerate(rules, 1):
            at = f"{name}.{number}.PrefixListIds.1"
            prefix = ec2._p(parameters, f"{at}.PrefixListId")
            description = ec2._p(parameters, f"{at}.Description")
            if prefix:
                described = {"Description": description} if description else {}
                rule["PrefixListIds"] = [{"PrefixListId": prefix, **described}]
        return rules

    ec2._parse_ip_permissions = with_prefixes
