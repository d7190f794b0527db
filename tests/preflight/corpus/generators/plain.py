"""Templates of aws-cdk-lib alone (2.275.0): its own patterns, and apps as people write them from its L2 constructs."""

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

from tests.preflight.corpus.generators.synthesis import write

_NIGHTLY = "cron(0 3 * * ? *)"
_TASK_ENDPOINTS = {
    "EcrApi": ec2.InterfaceVpcEndpointAwsService.ECR,
    "EcrDocker": ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    "Logs": ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    "Secrets": ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    "Exec": ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES,
}


def load_balanced(stack: cdk.Stack) -> None:
    """The pattern that the CDK's documentation begins with: all defaults, an image of Docker Hub."""
    patterns.ApplicationLoadBalancedFargateService(
        stack,
        "Web",
        task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(
            image=ecs.ContainerImage.from_registry("amazon/amazon-ecs-sample")
        ),
    )


def load_balanced_in_public(stack: cdk.Stack) -> None:
    """The same without NAT gateways, in public subnets, but without the public address that this needs."""
    patterns.ApplicationLoadBalancedFargateService(
        stack,
        "Web",
        vpc=ec2.Vpc(stack, "Vpc", nat_gateways=0),
        task_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
        task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(
            image=ecs.ContainerImage.from_registry("amazon/amazon-ecs-sample")
        ),
    )


def isolated(stack: cdk.Stack) -> None:
    """Isolated subnets, and nothing that leads out of them."""
    _service(stack, _isolated_vpc(stack))


def isolated_with_endpoints(stack: cdk.Stack) -> None:
    """The same with every endpoint."""
    vpc = _isolated_vpc(stack)
    _endpoints(vpc)
    _service(stack, vpc)


def instances(stack: cdk.Stack) -> None:
    """A service on instances, in subnets with NAT."""
    _on_instances(stack, ec2.Vpc(stack, "Vpc", nat_gateways=1), ec2.SubnetType.PRIVATE_WITH_EGRESS)


def isolated_instances(stack: cdk.Stack) -> None:
    """The same in isolated subnets, with what a Fargate task would need, and so without the endpoints of ECS."""
    vpc = _isolated_vpc(stack)
    _endpoints(vpc)
    _on_instances(stack, vpc, ec2.SubnetType.PRIVATE_ISOLATED)


def scheduled(stack: cdk.Stack) -> None:
    """A nightly task, by the pattern for it."""
    patterns.ScheduledFargateTask(
        stack,
        "Nightly",
        vpc=ec2.Vpc(stack, "Vpc", nat_gateways=1),
        schedule=autoscaling.Schedule.expression(_NIGHTLY),
        scheduled_fargate_task_image_options=patterns.ScheduledFargateTaskImageOptions(
            image=ecs.ContainerImage.from_ecr_repository(ecr.Repository(stack, "Repository"), "1.0")
        ),
    )


def scheduled_with_exec(stack: cdk.Stack) -> None:
    """A nightly task that is to be opened with ECS Exec; the rule's target sets the flag and grants nothing."""
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=1)
    rule = events.Rule(stack, "Nightly", schedule=events.Schedule.expression(_NIGHTLY))
    target = targets.EcsTask(
        cluster=ecs.Cluster(stack, "Cluster", vpc=vpc),
        task_definition=_task_definition(stack),
        enable_execute_command=True,
    )
    rule.add_target(target)


def state_machine(stack: cdk.Stack) -> None:
    """A state that runs a task and waits for its end."""
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=1)
    run = tasks.EcsRunTask(
        stack,
        "Run",
        cluster=ecs.Cluster(stack, "Cluster", vpc=vpc),
        task_definition=_task_definition(stack),
        launch_target=tasks.EcsFargateLaunchTarget(platform_version=ecs.FargatePlatformVersion.LATEST),
        integration_pattern=sfn.IntegrationPattern.RUN_JOB,
    )
    sfn.StateMachine(stack, "Job", definition_body=sfn.DefinitionBody.from_chainable(run))


def _isolated_vpc(stack: cdk.Stack) -> ec2.Vpc:
    subnets = ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)
    return ec2.Vpc(stack, "Vpc", nat_gateways=0, subnet_configuration=[subnets])


def _endpoints(vpc: ec2.Vpc) -> None:
    for name, service in _TASK_ENDPOINTS.items():
        vpc.add_interface_endpoint(name, service=service)
    vpc.add_gateway_endpoint("Storage", service=ec2.GatewayVpcEndpointAwsService.S3)


def _service(stack: cdk.Stack, vpc: ec2.Vpc) -> None:
    ecs.FargateService(
        stack,
        "Service",
        cluster=ecs.Cluster(stack, "Cluster", vpc=vpc),
        task_definition=_task_definition(stack),
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        enable_execute_command=True,
        min_healthy_percent=100,
    )


def _task_definition(stack: cdk.Stack) -> ecs.FargateTaskDefinition:
    definition = ecs.FargateTaskDefinition(stack, "Task")
    definition.add_container(
        "app",
        image=ecs.ContainerImage.from_ecr_repository(ecr.Repository(stack, "Repository"), "1.0"),
        logging=ecs.LogDriver.aws_logs(stream_prefix="app", log_group=logs.LogGroup(stack, "Log")),
        secrets={"PASSWORD": ecs.Secret.from_secrets_manager(secretsmanager.Secret(stack, "Password"))},
    )
    return definition


def _on_instances(stack: cdk.Stack, vpc: ec2.Vpc, subnet_type: ec2.SubnetType) -> None:
    cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
    cluster.add_capacity(
        "Instances",
        instance_type=ec2.InstanceType("m7i.large"),
        vpc_subnets=ec2.SubnetSelection(subnet_type=subnet_type),
    )
    definition = ecs.Ec2TaskDefinition(stack, "Task")
    definition.add_container(
        "app",
        image=ecs.ContainerImage.from_ecr_repository(ecr.Repository(stack, "Repository"), "1.0"),
        logging=ecs.LogDriver.aws_logs(stream_prefix="app", log_group=logs.LogGroup(stack, "Log")),
        memory_limit_mib=512,
    )
    ecs.Ec2Service(stack, "Service", cluster=cluster, task_definition=definition, min_healthy_percent=50)


if __name__ == "__main__":
    write(
        {
            "patterns-load-balanced": load_balanced,
            "patterns-load-balanced-public": load_balanced_in_public,
            "patterns-scheduled": scheduled,
            "plain-isolated": isolated,
            "plain-isolated-endpoints": isolated_with_endpoints,
            "plain-instances": instances,
            "plain-instances-isolated": isolated_instances,
            "plain-scheduled-exec": scheduled_with_exec,
            "plain-state-machine": state_machine,
        }
    )
