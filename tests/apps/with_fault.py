"""A template that CloudFormation would not take; no rule pack looks at it."""

import aws_cdk as cdk

app = cdk.App()
stack = cdk.Stack(app, "WithFault")
cdk.CfnResource(
    stack,
    "Service",
    type="AWS::ECS::Service",
    properties={"LaunchType": "NOWHERE", "TaskDefinition": "web", "Cluster": "shop", "DesiredCount": "many"},
)
app.synth()
