"""The app of a platform team: a network and a cluster, published for the apps of other teams to run services in."""

import aws_cdk as cdk

from constructs_ecs import EcsCluster, Endpoint, ExecAudit, PrivateNetwork

app = cdk.App()
stack = cdk.Stack(app, "Platform")
# The other apps are deployed apart and cannot ask for endpoints, so what they may use is made in advance.
network = PrivateNetwork(
    stack,
    "Network",
    extra_endpoints=[Endpoint.ECR_API, Endpoint.ECR_DOCKER, Endpoint.S3, Endpoint.LOGS],
)
cluster = EcsCluster(stack, "Cluster", network=network, exec_audit=ExecAudit(stack, "ExecAudit"))
network.publish("/platform/network")
cluster.publish("/platform/cluster")
app.synth()
