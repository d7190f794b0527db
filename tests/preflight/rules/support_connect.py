"""Services that use Service Connect, for the tests of the rules about it."""

from typing import Any

from tests.preflight.rules.support_network import Change
from tests.preflight.rules.support_tasks import Resources

SERVER = {"Enabled": True, "Namespace": "apps", "Services": [{"PortName": "http"}]}


def connected(**configuration: Any) -> Change:  # noqa: ANN401 - properties
    """Let the Fargate service offer port 8080 by Service Connect, in a task with memory to spare."""

    def change(resources: Resources) -> None:
        task = resources["TaskDefinition"]["Properties"]
        task["Memory"] = "1024"
        task["ContainerDefinitions"][0] |= {"Memory": 512, "PortMappings": [{"Name": "http", "ContainerPort": 8080}]}
        resources["Service"]["Properties"]["ServiceConnectConfiguration"] = SERVER | configuration

    return change
