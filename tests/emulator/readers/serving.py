"""What Auto Scaling and Elastic Load Balancing tell of their things, in CloudFormation's shape."""

from typing import Any

from tests.emulator.aws import Aws, tags

Found = dict[str, Any]


def auto_scaling_group(aws: Aws, identity: str) -> Found:
    (found,) = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[identity])["AutoScalingGroups"]
    names = ("HealthCheckGracePeriod", "HealthCheckType", "MaxSize", "MinSize", "NewInstancesProtectedFromScaleIn")
    template = {name: found["LaunchTemplate"][name] for name in ("LaunchTemplateId", "Version")}
    return {name: found[name] for name in names} | {
        "LaunchTemplate": template,
        "Tags": tags(found["Tags"]),
        "VPCZoneIdentifier": found["VPCZoneIdentifier"].split(","),
    }


def load_balancer(aws: Aws, identity: str) -> Found:
    (found,) = aws("elbv2").describe_load_balancers(LoadBalancerArns=[identity])["LoadBalancers"]
    assert found["State"]["Code"] == "active"
    return {
        "IpAddressType": found.get("IpAddressType"),
        "LoadBalancerAttributes": aws("elbv2").describe_load_balancer_attributes(LoadBalancerArn=identity)[
            "Attributes"
        ],
        "Scheme": found["Scheme"],
        "SecurityGroups": found["SecurityGroups"],
        "Subnets": [zone["SubnetId"] for zone in found["AvailabilityZones"]],
        "Type": found["Type"],
    }


def listener(aws: Aws, identity: str) -> Found:
    (found,) = aws("elbv2").describe_listeners(ListenerArns=[identity])["Listeners"]
    names = ("Certificates", "DefaultActions", "LoadBalancerArn", "Port", "Protocol", "SslPolicy")
    return {name: found[name] for name in names if name in found}


def listener_rule(aws: Aws, identity: str) -> Found:
    (found,) = aws("elbv2").describe_rules(RuleArns=[identity])["Rules"]
    # The rule's ARN is its listener's, with a part of its own behind it.
    listener_arn = identity.replace(":listener-rule/", ":listener/").rpartition("/")[0]
    return {
        "Actions": found["Actions"],
        "Conditions": [_condition(each) for each in found["Conditions"]],
        "ListenerArn": listener_arn,
        "Priority": found["Priority"],
    }


def _condition(found: Found) -> Found:
    """A condition: AWS tells the values of a path or host again, as the older form of the same."""
    newer = any(name.endswith("Config") for name in found)
    return {name: each for name, each in found.items() if not (newer and name == "Values")}


def target_group(aws: Aws, identity: str) -> Found:
    (found,) = aws("elbv2").describe_target_groups(TargetGroupArns=[identity])["TargetGroups"]
    names = (
        "HealthCheckEnabled",
        "HealthCheckIntervalSeconds",
        "HealthCheckPath",
        "HealthCheckPort",
        "HealthCheckProtocol",
        "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount",
        "IpAddressType",
        "Matcher",
        "Port",
        "Protocol",
        "ProtocolVersion",
        "TargetType",
        "UnhealthyThresholdCount",
        "VpcId",
    )
    attributes = aws("elbv2").describe_target_group_attributes(TargetGroupArn=identity)["Attributes"]
    return {name: found[name] for name in names if name in found} | {"TargetGroupAttributes": attributes}
