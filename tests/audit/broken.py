"""An app in which each checker of the audit has something to find; run as a process of its own, as app.py is."""

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_ecs import enforce_best_practices, enforce_preflight

app = cdk.App()
stack = cdk.Stack(app, "Broken")
bucket = s3.CfnBucket(stack, "Bucket")
iam.CfnManagedPolicy(
    stack,
    "Policy",
    policy_document={
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:GetNothing", "Resource": "*"},
    },
)
ecs.CfnTaskDefinition(
    stack,
    "Task",
    requires_compatibilities=["FARGATE"],
    network_mode="awsvpc",
    cpu="512",
    memory="1024",
    container_definitions=[
        ecs.CfnTaskDefinition.ContainerDefinitionProperty(name="web", image="registry.example.com/web:1.4.2")
    ],
)
service, known = (
    cdk.CfnResource(
        stack,
        name,
        type="AWS::ECS::Service",
        properties={"LaunchType": "FARGATE", "TaskDefinition": cdk.Fn.ref("Task"), "DesiredCount": "many"},
    )
    for name in ("Service", "Known")
)
for construct, rule in ((bucket, "AwsSolutions::AwsSolutions-S10"), (known, "ecs-preflight::S04")):
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason="This one is known."))
enforce_best_practices(app)
enforce_preflight(app)
app.synth()
