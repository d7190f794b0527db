from collections.abc import Mapping

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n13_endpoint_policy import EndpointPolicy
from tests.preflight.rules.support_network import NAT_GATEWAY, Change, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture


def policy(endpoint: str, *statements: Mapping[str, object]) -> Change:
    return set_to(endpoint, PolicyDocument={"Version": "2012-10-17", "Statement": list(statements)})


def allows(action: object, resource: object = "*", principal: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("endpoint", "statement", "missing"),
    [
        ("EcrApiEndpoint", allows("ecr:BatchGetImage"), "ecr:GetAuthorizationToken"),
        ("EcrDockerEndpoint", allows("ecr:GetAuthorizationToken"), "ecr:GetDownloadUrlForLayer"),
        ("SecretsManagerEndpoint", allows("secretsmanager:DescribeSecret"), "secretsmanager:GetSecretValue"),
        ("SsmEndpoint", allows("ssm:GetParameter"), "ssm:GetParameters"),
        ("SsmEndpoint", allows("*", principal={"AWS": {"Fn::GetAtt": ["TaskRole", "Arn"]}}), "ssm:GetParameters"),
        ("SsmEndpoint", allows("*", "arn:aws:ssm:*:*:parameter/other/*"), "ssm:GetParameters"),
    ],
)
def test_a_policy_that_lacks_what_is_called_stops_the_task(
    endpoint: str, statement: dict[str, object], missing: str
) -> None:
    (found,) = findings(EndpointPolicy, fixture("fargate", policy(endpoint, statement)))
    assert (found.severity, found.where.logical_id) == (Severity.START, endpoint)
    assert found.symptom.startswith("AccessDeniedException")
    assert missing in found.fix
    assert found.fix.endswith(f"in the PolicyDocument of the endpoint {endpoint}.")


def test_a_nat_gateway_does_not_help() -> None:
    change = also(policy("SsmEndpoint", allows("ssm:GetParameter")), NAT_GATEWAY)
    assert len(findings(EndpointPolicy, fixture("fargate", change))) == 1


def test_a_denial_counts_whatever_is_allowed() -> None:
    denial = {"Effect": "Deny", "Principal": "*", "Action": "ssm:GetParameters", "Resource": "*"}
    assert len(findings(EndpointPolicy, fixture("fargate", policy("SsmEndpoint", allows("*"), denial)))) == 1


def test_on_ec2_the_policy_of_ecs_counts_for_the_instance() -> None:
    (found,) = findings(EndpointPolicy, fixture("ec2", policy("EcsEndpoint", allows("ecs:DiscoverPollEndpoint"))))
    assert "ecs:RegisterContainerInstance" in found.fix
    assert found.where.logical_id == "EcsEndpoint"


@pytest.mark.parametrize(
    "statement",
    [
        allows("*"),
        allows("ssm:Get*"),
        allows("ssm:GetParameters", principal={"AWS": "*"}),
        allows("ssm:GetParameters", principal={"AWS": {"Fn::GetAtt": ["ExecutionRole", "Arn"]}}),
    ],
)
def test_a_policy_that_allows_it_passes(statement: dict[str, object]) -> None:
    assert findings(EndpointPolicy, fixture("fargate", policy("SsmEndpoint", statement))) == []


def test_without_a_policy_all_is_allowed() -> None:
    assert findings(EndpointPolicy, fixture("ec2")) == []


@pytest.mark.parametrize(
    "change",
    [
        policy("SsmEndpoint", allows("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}})),
        policy("SsmEndpoint", allows({"Ref": "Given"})),
        policy("SsmEndpoint", allows("*", principal={"AWS": "arn:aws:iam::111122223333:role/app"})),
        policy("SsmEndpoint", allows("ssm:GetParameters", {"Ref": "Given"})),
    ],
)
def test_conditions_names_and_values_that_are_not_known_are_not_judged(change: Change) -> None:
    template = fixture("fargate", change)
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(EndpointPolicy, template) == []


@pytest.mark.parametrize("endpoint", ["EcsAgentEndpoint", "EcsTelemetryEndpoint"])
def test_whether_the_agent_s_endpoints_heed_a_policy_is_not_judged(endpoint: str) -> None:
    assert findings(EndpointPolicy, fixture("ec2", policy(endpoint, allows("ecs:Nothing")))) == []


def test_an_endpoint_that_nothing_calls_is_not_looked_at() -> None:
    change = also(policy("SsmEndpoint", allows("ssm:GetParameter")), set_to("SsmEndpoint", PrivateDnsEnabled=False))
    assert findings(EndpointPolicy, fixture("fargate", also(change, NAT_GATEWAY))) == []
