"""Mistakes as somebody writes them in Python; each of these raises."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

from constructs_ecs import (
    Container,
    ContainerSecret,
    Ec2Capacity,
    Ec2Service,
    Egress,
    FargateJob,
    FargateService,
    InternalLoadBalancer,
    LoadBalancerTarget,
    PrivateNetwork,
    RunTask,
    Workflow,
)
from tests import support
from tests.scene import SIZE, scene


def stack() -> cdk.Stack:
    """A stack of its own app."""
    return support.stack()


def service(**options: Any) -> FargateService:  # noqa: ANN401 - options of the service
    """A service with what is given."""
    return scene().fargate(**options)


def container(**options: Any) -> FargateService:  # noqa: ANN401 - options of the container
    """A service of a container with what is given."""
    there = scene()
    return there.fargate(container=there.container(**options))


def twice() -> FargateService:
    """A service of two containers with the same name."""
    there = scene()
    return there.fargate(containers=[there.container(), there.container(port=8081)])


def many_tasks() -> FargateService:
    """A service of a number of tasks that is no number."""
    return service(desired_count="many")


def secret_key() -> FargateService:
    """A container that reads a key which the secret's template does not have."""
    there = scene(egress=Egress.NAT_GATEWAY)
    written = secretsmanager.SecretStringGenerator(
        secret_string_template='{"username": "web"}',  # noqa: S106 - not secret
        generate_string_key="password",
    )
    secret = secretsmanager.Secret(there.stack, "Secret", generate_secret_string=written)
    reads = {"TOKEN": ContainerSecret.from_secrets_manager(secret, json_key="token")}
    return there.fargate(container=there.container(secrets=reads))


def short_secret() -> FargateService:
    """A container that reads a secret by an ARN without the six characters at its end."""
    there = scene()
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token"
    secret = secretsmanager.Secret.from_secret_partial_arn(there.stack, "Secret", arn)
    return there.fargate(container=there.container(secrets={"TOKEN": ContainerSecret.from_secrets_manager(secret)}))


def capacity(**options: Any) -> Ec2Capacity:  # noqa: ANN401 - options of the capacity
    """Instances with what is given."""
    return scene().cluster.add_ec2_capacity("Instances", **{"instance_type": "m6g.large", **options})


def no_memory() -> Ec2Service:
    """A container on instances without a limit of memory."""
    there = scene()
    instances = there.cluster.add_ec2_capacity("Instances", instance_type="m6g.large")
    containers = [Container(image=there.image)]
    return Ec2Service(there.stack, "Worker", cluster=there.cluster, containers=containers, capacity=instances)


def target(**options: Any) -> LoadBalancerTarget:  # noqa: ANN401 - options of the target
    """A service behind a load balancer, as given."""
    there = scene()
    balancer = InternalLoadBalancer(there.stack, "Entry", network=there.network, plain_http=True)
    return balancer.add_target(there.fargate(), **{"path": "/*", **options})


def same_priority() -> LoadBalancerTarget:
    """Two services behind a load balancer, with rules of the same priority."""
    there = scene()
    balancer = InternalLoadBalancer(there.stack, "Entry", network=there.network, plain_http=True)
    balancer.add_target(there.fargate(), path="/web/*", priority=10)
    return balancer.add_target(there.fargate("Api"), path="/api/*", priority=10)


def no_certificate() -> InternalLoadBalancer:
    """A load balancer that is neither told a certificate nor plain HTTP."""
    there = scene()
    return InternalLoadBalancer(there.stack, "Entry", network=there.network)


def one_zone() -> InternalLoadBalancer:
    """A load balancer in a network of one zone."""
    root = stack()
    network = PrivateNetwork(root, "Network", max_azs=1)
    return InternalLoadBalancer(root, "Entry", network=network, plain_http=True)


def job(**options: Any) -> RunTask:  # noqa: ANN401 - options of the state
    """A state that runs a job, as given."""
    there = scene()
    nightly = FargateJob(there.stack, "Job", cluster=there.cluster, containers=[there.container()], size=SIZE)
    return RunTask(there.stack, "Run", job=nightly, **options)


def five_fields() -> scheduler.Schedule:
    """A schedule as cron has it, and EventBridge has not."""
    there = scene()
    workflow = Workflow(there.stack, "Workflow", definition=sfn.Pass(there.stack, "Nothing"))
    return workflow.on_schedule("Nightly", scheduler.ScheduleExpression.expression("cron(0 3 * * *)"))


def no_token() -> tasks.EcsRunTask:
    """A state of the CDK's that waits for a report, of a task that is given no token."""
    there = scene()
    return tasks.EcsRunTask(
        there.stack,
        "Run",
        cluster=there.cluster.cluster,
        task_definition=there.fargate().task.task_definition,
        launch_target=tasks.EcsFargateLaunchTarget(platform_version=ecs.FargatePlatformVersion.LATEST),
        integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
    )
