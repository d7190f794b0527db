"""The sample app with one resource that a rule pack objects to."""

import aws_cdk as cdk
from aws_cdk import aws_sns as sns

from constructs_ecs import enforce_best_practices

app = cdk.App()
stack = cdk.Stack(app, "WithFinding")
sns.Topic(stack, "Unencrypted")
enforce_best_practices(app)
app.synth()
