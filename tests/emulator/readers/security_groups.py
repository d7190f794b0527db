"""What EC2 tells of security groups and their rules, in CloudFormation's shape."""

from collections.abc import Iterator
from typing import Any

from tests.emulator.aws import Aws, tags

Found = dict[str, Any]


def group(aws: Aws, identity: str) -> Found:
    (found,) = aws("ec2").describe_security_groups(GroupIds=[identity])["SecurityGroups"]
    return {
        "GroupDescription": found["Description"],
        "VpcId": found["VpcId"],
        "Tags": tags(found["Tags"]),
        "SecurityGroupIngress": list(_rules(found["IpPermissions"], "SourceSecurityGroupId")),
        "SecurityGroupEgress": list(_rules(found["IpPermissionsEgress"], "DestinationSecurityGroupId")),
    }


def _rules(permissions: list[Found], peer: str) -> Iterator[Found]:
    prefix = peer.replace("SecurityGroupId", "PrefixListId")
    for permission in permissions:
        ports = {name: permission[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in permission}
        for key, members in (
            ("IpRanges", {"CidrIp": "CidrIp"}),
            ("Ipv6Ranges", {"CidrIpv6": "CidrIpv6"}),
            ("PrefixListIds", {"PrefixListId": prefix}),
            ("UserIdGroupPairs", {"GroupId": peer}),
        ):
            for each in permission.get(key, []):
                named = {name: each[member] for member, name in members.items()}
                yield ports | named | ({"Description": each["Description"]} if "Description" in each else {})


def _rule(aws: Aws, identity: str, peer: str, *, egress: bool) -> Found:
    (found,) = aws("ec2").describe_security_group_rules(SecurityGroupRuleIds=[identity])["SecurityGroupRules"]
    assert found["IsEgress"] is egress
    names = {"CidrIpv4": "CidrIp", "CidrIpv6": "CidrIpv6", "Description": "Description", "GroupId": "GroupId"}
    names |= {name: name for name in ("IpProtocol", "FromPort", "ToPort")}
    own = {name: found[member] for member, name in names.items() if member in found}
    if "PrefixListId" in found:
        own[peer.replace("SecurityGroupId", "PrefixListId")] = found["PrefixListId"]
    if "ReferencedGroupInfo" in found:
        own[peer] = found["ReferencedGroupInfo"]["GroupId"]
    return own


def ingress(aws: Aws, identity: str) -> Found:
    return _rule(aws, identity, "SourceSecurityGroupId", egress=False)


def egress(aws: Aws, identity: str) -> Found:
    return _rule(aws, identity, "DestinationSecurityGroupId", egress=True)
