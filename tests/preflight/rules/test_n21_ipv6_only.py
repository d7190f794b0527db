from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n21_ipv6_only import Ipv6Only
from tests.preflight.rules.support_network import Change, container, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

NATIVE = also(set_to("SubnetA", Ipv6Native=True), set_to("SubnetB", Ipv6Native=True))
WITHOUT_ECR = removed("EcrDockerEndpoint")
DUAL_STACK = container(Image="111122223333.dkr-ecr.eu-west-1.on.aws/app:1")


def without_exec(resources: Resources) -> None:
    resources["Service"]["Properties"]["EnableExecuteCommand"] = False


def severities(*changes: Change) -> list[Severity]:
    return [found.severity for found in findings(Ipv6Only, fixture("fargate", also(*changes)))]


def test_exec_does_not_work_without_ipv4() -> None:
    (found,) = findings(Ipv6Only, fixture("fargate", NATIVE))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, "Service")
    assert found.fix == "Run the launch Service in subnets with IPv4."


def test_ecr_s_usual_host_is_not_reached_without_ipv4() -> None:
    (found,) = findings(Ipv6Only, fixture("fargate", also(NATIVE, WITHOUT_ECR, without_exec)))
    assert (found.severity, found.where.logical_id) == (Severity.START, "TaskDefinition")
    assert found.where.property_path == ("ContainerDefinitions", 0, "Image")
    assert found.symptom.startswith("CannotPullContainerError")


def test_the_dual_stack_host_passes() -> None:
    assert severities(NATIVE, WITHOUT_ECR, without_exec, DUAL_STACK) == []


def test_subnets_with_ipv4_pass() -> None:
    assert severities() == []


def test_dns64_or_an_endpoint_may_lead_to_the_usual_host() -> None:
    with_dns64 = also(set_to("SubnetA", EnableDns64=True), set_to("SubnetB", EnableDns64=True))
    assert severities(NATIVE, WITHOUT_ECR, without_exec, with_dns64) == []
    assert severities(NATIVE, without_exec) == []


def test_what_a_parameter_decides_is_not_judged() -> None:
    template = fixture("fargate", also(set_to("SubnetA", Ipv6Native={"Ref": "Given"}), WITHOUT_ECR))
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(Ipv6Only, template) == []


def test_on_an_instance_exec_alone_is_the_task_s() -> None:
    change = also(set_to("Subnet", Ipv6Native=True), removed("EcrDockerEndpoint"))
    found = findings(Ipv6Only, fixture("ec2", change))
    assert [(each.severity, each.where.logical_id) for each in found] == [(Severity.EXEC, "Worker")]
