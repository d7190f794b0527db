from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t09_cache_egress import CacheEgress
from tests.preflight.rules.support_caches import cached
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture
from tests.preflight.rules.support_ways import with_nat


def test_a_first_pull_from_isolated_subnets_gives_a_warning() -> None:
    (found,) = findings(CacheEgress, fixture("fargate", cached()))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "TaskDefinition")
    assert "library/nginx" in found.message
    assert found.launch_sites[0].logical_id == "Service"


def test_subnets_with_a_way_out_pass() -> None:
    assert findings(CacheEgress, fixture("fargate", also(cached(), with_nat))) == []


def test_an_image_under_no_rule_s_prefix_is_none_of_this_rule_s() -> None:
    assert findings(CacheEgress, fixture("fargate")) == []


def test_subnets_of_another_stack_leave_it_open() -> None:
    def change(resources: Resources) -> None:
        network = resources["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        network["Subnets"] = [{"Fn::ImportValue": "Subnet"}]

    assert findings(CacheEgress, fixture("fargate", also(cached(), change))) == []
