"""Templates of cdk-ecs-service-extensions (2.0.0, with aws-cdk-lib 2.275.0)."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from cdk_ecs_service_extensions import (  # type: ignore[import-not-found]
    Container,
    Environment,
    EnvironmentCapacityType,
    HttpLoadBalancerExtension,
    Service,
    ServiceDescription,
)

from tests.preflight.corpus.generators.synthesis import write


def fargate(stack: cdk.Stack) -> None:
    """A web service with a load balancer, in the environment that the library makes."""
    _service(stack, Environment(stack, "Production"))


def instances(stack: cdk.Stack) -> None:
    """The same on instances of a cluster of one's own."""
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=1)
    cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType("m7i.large"))
    kind = EnvironmentCapacityType.EC2
    _service(stack, Environment(stack, "Production", vpc=vpc, cluster=cluster, capacity_type=kind))


def _service(stack: cdk.Stack, environment: Environment) -> None:
    description = ServiceDescription()
    description.add(
        Container(cpu=256, memory_mib=512, traffic_port=80, image=ecs.ContainerImage.from_registry("nathanpeck/name"))
    )
    description.add(HttpLoadBalancerExtension())
    Service(stack, "Web", environment=environment, service_description=description)


if __name__ == "__main__":
    write({"extensions-fargate": fargate, "extensions-instances": instances})
