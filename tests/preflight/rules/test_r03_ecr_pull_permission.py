from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r03_ecr_pull_permission import EcrPullPermission
from tests.preflight.rules.support_roles import allowed, also, with_unknown_policy, without
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven

ROLE = "ExecutionRole"


def test_a_role_without_the_pull_stops_the_task() -> None:
    (found,) = findings(EcrPullPermission, fixture("fargate", without(ROLE, "Pull")))
    assert (found.severity, found.where.logical_id) == (Severity.START, ROLE)
    assert found.symptom.startswith("CannotPullContainerError")
    assert "ecr:BatchGetImage" in found.fix
    assert found.fix.endswith("in a policy of the role ExecutionRole.")


def test_a_role_without_the_token_fails_earlier() -> None:
    (found,) = findings(EcrPullPermission, fixture("fargate", without(ROLE, "Token")))
    assert "ecr:GetAuthorizationToken" in found.symptom
    assert found.symptom.startswith("ResourceInitializationError")


def with_grant_on_other(resources: Resources, name: dict[str, str]) -> None:
    other = {"Fn::Sub": "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/other"}
    without(ROLE, "Pull")(resources)
    allowed(ROLE, ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], other)(resources)
    resources["Repository"]["Properties"] = name


def test_a_grant_on_another_repository_does_not_do() -> None:
    template = fixture("fargate", lambda resources: with_grant_on_other(resources, {"RepositoryName": "app"}))
    assert len(findings(EcrPullPermission, template)) == 1


def test_a_repository_whose_name_cloudformation_makes_up_may_be_the_one_that_is_granted() -> None:
    template = fixture("fargate", lambda resources: with_grant_on_other(resources, {}))
    assert findings(EcrPullPermission, template) == []


def test_a_denial_is_named_with_what_denies() -> None:
    (found,) = findings(EcrPullPermission, fixture("fargate", allowed(ROLE, "ecr:*", effect="Deny")))
    assert found.fix.startswith("Except ecr:")


def test_the_layers_check_of_the_managed_policies_is_not_needed() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Pull")(resources)
        repository = {"Fn::GetAtt": ["Repository", "Arn"]}
        allowed(ROLE, ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repository)(resources)

    assert proven(EcrPullPermission, fixture("fargate", change))


def test_the_managed_policy_passes() -> None:
    assert proven(EcrPullPermission, fixture("ec2"))


def test_images_from_elsewhere_need_no_permission() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Pull", "Token")(resources)
        resources["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]["Image"] = "nginx"

    assert findings(EcrPullPermission, fixture("fargate", change)) == []


def test_on_ec2_the_instance_role_s_grant_is_enough() -> None:
    def change(resources: Resources) -> None:
        del resources["ExecutionRole"]["Properties"]["ManagedPolicyArns"]

    assert proven(EcrPullPermission, fixture("ec2", change))


def test_on_ec2_it_fails_if_neither_role_may_pull() -> None:
    def change(resources: Resources) -> None:
        for role in ("ExecutionRole", "InstanceRole"):
            del resources[role]["Properties"]["ManagedPolicyArns"]

    found = findings(EcrPullPermission, fixture("ec2", change))
    assert {site.logical_id for each in found for site in each.launch_sites} == {"Worker", "Proxy"}


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    assert findings(EcrPullPermission, fixture("fargate", also(without(ROLE, "Pull"), with_unknown_policy(ROLE)))) == []


def test_a_role_from_another_stack_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        resources["TaskDefinition"]["Properties"]["ExecutionRoleArn"] = {"Fn::ImportValue": "Role"}

    assert findings(EcrPullPermission, fixture("fargate", change)) == []


def test_a_permissions_boundary_that_is_not_known_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        resources[ROLE]["Properties"]["PermissionsBoundary"] = "arn:aws:iam::111122223333:policy/Boundary"

    assert findings(EcrPullPermission, fixture("fargate", change)) == []
