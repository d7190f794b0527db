"""A service behind a load balancer, in the template in which all is well."""

from typing import Any

from tests.preflight.rules.support_network import Change, added, attribute, container, ref
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources

_ALL = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]


def rule(port: int, **peer: Any) -> dict[str, Any]:  # noqa: ANN401 - properties
    """Return a rule of a security group on one port."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}


def _behind(resources: Resources) -> None:
    own = resources["Service"]["Properties"]
    own["LoadBalancers"] = [{"ContainerName": "app", "ContainerPort": 8080, "TargetGroupArn": ref("Targets")}]
    resources["Service"]["DependsOn"].append("Listener")
    container(PortMappings=[{"ContainerPort": 8080}])(resources)
    ingress = [rule(8080, SourceSecurityGroupId=attribute("BalancerGroup", "GroupId"))]
    resources["TaskSecurityGroup"]["Properties"]["SecurityGroupIngress"] = ingress


BALANCED: Change = also(
    added(
        BalancerGroup=(
            "EC2::SecurityGroup",
            {"GroupDescription": "The load balancer", "VpcId": ref("Vpc"), "SecurityGroupEgress": _ALL},
        ),
        Balancer=(
            "ElasticLoadBalancingV2::LoadBalancer",
            {
                "Scheme": "internal",
                "Subnets": [ref("SubnetA"), ref("SubnetB")],
                "SecurityGroups": [attribute("BalancerGroup", "GroupId")],
            },
        ),
        Targets=(
            "ElasticLoadBalancingV2::TargetGroup",
            {"TargetType": "ip", "Protocol": "HTTP", "Port": 80, "VpcId": ref("Vpc")},
        ),
        Listener=(
            "ElasticLoadBalancingV2::Listener",
            {
                "LoadBalancerArn": ref("Balancer"),
                "Port": 80,
                "Protocol": "HTTP",
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": ref("Targets")}],
            },
        ),
    ),
    _behind,
)
"""The service is behind a load balancer that it waits for, and both let each other through."""

BY_A_RULE: Change = added(
    Listener=(
        "ElasticLoadBalancingV2::Listener",
        {
            "LoadBalancerArn": ref("Balancer"),
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        },
    ),
    Rule=(
        "ElasticLoadBalancingV2::ListenerRule",
        {
            "ListenerArn": ref("Listener"),
            "Priority": 1,
            "Conditions": [{"Field": "path-pattern", "Values": ["/*"]}],
            "Actions": [
                {
                    "Type": "forward",
                    "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": ref("Targets"), "Weight": 1}]},
                }
            ],
        },
    ),
)
"""A rule of the listener forwards instead of the listener."""
