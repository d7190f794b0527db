from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r09_cache_permission import CachePermission
from tests.preflight.rules.support_caches import cached
from tests.preflight.rules.support_roles import allowed, also, with_unknown_policy
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven

ROLE = "ExecutionRole"
IMPORT = "ecr:BatchImportUpstreamImage"
CREATE = "ecr:CreateRepository"
REPOSITORIES = {"Fn::Sub": "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/hub/*"}


def test_a_role_that_may_not_import_stops_the_first_task() -> None:
    (found,) = findings(CachePermission, fixture("fargate", cached()))
    assert (found.severity, found.where.logical_id) == (Severity.START, ROLE)
    assert IMPORT in found.fix
    assert CREATE in found.fix


def test_a_role_that_may_import_and_not_create_the_repository_stops_it_too() -> None:
    (found,) = findings(CachePermission, fixture("fargate", also(cached(), allowed(ROLE, IMPORT, REPOSITORIES))))
    assert CREATE in found.fix


def test_a_grant_on_the_prefix_passes() -> None:
    change = also(cached(), allowed(ROLE, [IMPORT, CREATE], REPOSITORIES))
    assert proven(CachePermission, fixture("fargate", change))


def test_an_image_under_no_rule_s_prefix_needs_no_import() -> None:
    assert findings(CachePermission, fixture("fargate")) == []
    assert findings(CachePermission, fixture("fargate", cached(prefix="quay"))) == []


def test_a_repository_that_the_templates_make_may_have_the_image_already() -> None:
    def change(resources: Resources) -> None:
        resources["Repository"]["Properties"] = {"RepositoryName": "hub/library/nginx"}

    assert findings(CachePermission, fixture("fargate", also(cached(), change))) == []


def test_under_a_rule_for_the_whole_registry_the_image_may_be_there_already() -> None:
    assert findings(CachePermission, fixture("fargate", cached("app:1", "ROOT"))) == []


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    assert findings(CachePermission, fixture("fargate", also(cached(), with_unknown_policy(ROLE)))) == []
