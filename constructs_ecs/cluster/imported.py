"""The CDK's view of a cluster that is made elsewhere."""

from aws_cdk import aws_ecs as ecs
from constructs import Construct

from constructs_ecs.exec import ExecConfiguration, ExecLogging, UnknownExec
from constructs_ecs.network import Network


def import_cluster(
    scope: Construct, *, cluster_name: str, network: Network, exec_configuration: ExecConfiguration | UnknownExec
) -> ecs.ICluster:
    """Show a cluster as the CDK's own constructs take it.

    Args:
        scope: what stands for the cluster.
        cluster_name: its name.
        network: where its tasks run.
        exec_configuration: how it records ECS Exec sessions. Of what is unknown the CDK's own services would make
            grants on every log group, so it is shown to them as recording nothing.
    """
    known = exec_configuration
    shown = known if isinstance(known, ExecConfiguration) else ExecConfiguration(logging=ExecLogging.NONE)
    return ecs.Cluster.from_cluster_attributes(
        scope,
        "Cluster",
        cluster_name=cluster_name,
        vpc=network.vpc,
        execute_command_configuration=shown.render(scope),
    )
