"""What ECS tells of its things, in CloudFormation's shape."""

from typing import Any

from tests.emulator.aws import Aws, pascal

Found = dict[str, Any]


def _some(aws: Aws, found: Found, names: tuple[str, ...], operation: str, member: str) -> Found:
    shape = aws.output("ecs", operation).members[member]
    shape = shape.member if shape.type_name == "list" else shape
    some: Found = pascal({name: found[name] for name in names if name in found}, shape)
    return some


def _cluster(aws: Aws, identity: str) -> Found:
    (found,) = aws("ecs").describe_clusters(clusters=[identity], include=["CONFIGURATIONS", "SETTINGS", "TAGS"])[
        "clusters"
    ]
    assert found["status"] == "ACTIVE"
    return dict(found)


def cluster(aws: Aws, identity: str) -> Found:
    names = ("configuration", "serviceConnectDefaults", "settings")
    found = _some(aws, _cluster(aws, identity), names, "DescribeClusters", "clusters")
    return {"ClusterSettings": found.pop("Settings"), **found}


def cluster_arn(aws: Aws, identity: str, _name: str) -> str:
    return str(_cluster(aws, identity)["clusterArn"])


def association(aws: Aws, identity: str) -> Found:
    names = ("capacityProviders", "defaultCapacityProviderStrategy")
    return {"Cluster": identity, **_some(aws, _cluster(aws, identity), names, "DescribeClusters", "clusters")}


def capacity_provider(aws: Aws, identity: str) -> Found:
    (found,) = aws("ecs").describe_capacity_providers(capacityProviders=[identity])["capacityProviders"]
    names = ("autoScalingGroupProvider",)
    own = _some(aws, found, names, "DescribeCapacityProviders", "capacityProviders")
    provider = own["AutoScalingGroupProvider"]
    # A template names the group, AWS answers with its ARN.
    provider["AutoScalingGroupArn"] = provider["AutoScalingGroupArn"].rpartition("autoScalingGroupName/")[2]
    return own


def task_definition(aws: Aws, identity: str) -> Found:
    found = aws("ecs").describe_task_definition(taskDefinition=identity)["taskDefinition"]
    assert found["status"] == "ACTIVE"
    names = (
        "containerDefinitions",
        "cpu",
        "ephemeralStorage",
        "executionRoleArn",
        "family",
        "ipcMode",
        "memory",
        "networkMode",
        "pidMode",
        "placementConstraints",
        "proxyConfiguration",
        "requiresCompatibilities",
        "runtimePlatform",
        "taskRoleArn",
        "volumes",
    )
    return _some(aws, found, names, "DescribeTaskDefinition", "taskDefinition")


def service(aws: Aws, identity: str) -> Found:
    cluster_name = identity.split("/")[-2]
    (found,) = aws("ecs").describe_services(cluster=cluster_name, services=[identity], include=["TAGS"])["services"]
    assert found["status"] == "ACTIVE"
    names = (
        "capacityProviderStrategy",
        "deploymentConfiguration",
        "deploymentController",
        "desiredCount",
        "enableExecuteCommand",
        "healthCheckGracePeriodSeconds",
        "launchType",
        "loadBalancers",
        "networkConfiguration",
        "placementConstraints",
        "placementStrategy",
        "platformVersion",
        "propagateTags",
        "schedulingStrategy",
        "serviceRegistries",
        "taskDefinition",
    )
    own = _some(aws, found, names, "DescribeServices", "services")
    return {"Cluster": cluster_name, "EnableECSManagedTags": found["enableECSManagedTags"], **own}
