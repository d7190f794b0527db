import ast
import subprocess
import sys

import constructs_ecs
from tests.support import ROOT

PUBLIC_NAMES = {
    "AllowExec",
    "AllowLaunchWithoutExec",
    "AtPath",
    "AwsLogs",
    "CapacityShare",
    "Cluster",
    "ClusterDefault",
    "Code",
    "ConflictError",
    "ConstructsEcsError",
    "Container",
    "ContainerOverride",
    "ContainerSecret",
    "CpuArchitecture",
    "DenyExec",
    "DenyLaunchWithExec",
    "DenyStartSession",
    "Deployment",
    "Ec2Capacity",
    "Ec2Job",
    "Ec2Service",
    "EcrRepository",
    "EcsCluster",
    "Egress",
    "Endpoint",
    "EndpointSet",
    "EventSource",
    "ExecAudit",
    "ExecConfiguration",
    "ExecEvents",
    "ExecLogging",
    "ExecPolicy",
    "ExecRule",
    "ExistingCapacity",
    "ExistingCluster",
    "ExistingEndpoint",
    "ExistingNetwork",
    "FargateJob",
    "FargateProvider",
    "FargateService",
    "HealthCheck",
    "Image",
    "ImagePushed",
    "InternalLoadBalancer",
    "InvalidValueError",
    "Job",
    "Jsonata",
    "LoadBalancerTarget",
    "LogMode",
    "Logging",
    "NagPack",
    "NamedCluster",
    "Needs",
    "Network",
    "ObjectCreated",
    "OperatingSystem",
    "Permission",
    "PrivateNetwork",
    "PublishedCluster",
    "PublishedExec",
    "PublishedNetwork",
    "RegistryCredentials",
    "Retry",
    "RunTask",
    "Steps",
    "TargetHealthCheck",
    "TaskSize",
    "UnreachableError",
    "UnsafeError",
    "Workflow",
    "enforce_best_practices",
    "enforce_preflight",
    "exec_policy_document",
}


def test_the_public_names_are_these_and_no_others() -> None:
    assert set(constructs_ecs.__all__) == PUBLIC_NAMES
    assert constructs_ecs.__all__ == sorted(constructs_ecs.__all__)


def test_every_public_name_loads_and_is_documented() -> None:
    undocumented = [name for name in constructs_ecs.__all__ if not getattr(constructs_ecs, name).__doc__]
    assert undocumented == []


def test_type_checkers_see_the_names_that_load() -> None:
    tree = ast.parse((ROOT / "constructs_ecs" / "__init__.py").read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    imported = {
        alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert set(imported) == PUBLIC_NAMES
    loaded = {name: getattr(constructs_ecs, name) for name in PUBLIC_NAMES}
    assert [n for n, module in imported.items() if getattr(sys.modules[str(module)], n) is not loaded[n]] == []


def test_importing_the_package_loads_no_cdk() -> None:
    code = "import sys, constructs_ecs; print(sorted({'aws_cdk', 'jsii', 'constructs'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(constructs_ecs, "NoSuchName")
