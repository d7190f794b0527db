from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t08_official_image import OfficialImage
from tests.preflight.rules.support_caches import cached
from tests.preflight.rules.support_tasks import Resources, findings, fixture


def test_an_official_image_without_library_is_refused() -> None:
    (found,) = findings(OfficialImage, fixture("fargate", cached("hub/nginx:1.27")))
    assert (found.severity, found.where.logical_id) == (Severity.START, "TaskDefinition")
    assert "library/nginx" in found.message
    assert "403" in found.symptom


def test_its_full_name_and_other_people_s_images_pass() -> None:
    for image in ("hub/library/nginx:1.27", "hub/grafana/grafana"):
        assert findings(OfficialImage, fixture("fargate", cached(image))) == []


def test_other_registries_have_no_library() -> None:
    assert findings(OfficialImage, fixture("fargate", cached("quay/nginx", "quay", "quay.io"))) == []


def test_an_image_under_no_prefix_is_none_of_this_rule_s() -> None:
    assert findings(OfficialImage, fixture("fargate")) == []
    assert findings(OfficialImage, fixture("fargate", cached("hubs/nginx"))) == []


def test_an_upstream_prefix_stands_before_the_name() -> None:
    change = cached("hub/nginx", UpstreamRepositoryPrefix="library")
    assert findings(OfficialImage, fixture("fargate", change)) == []


def test_a_repository_that_the_templates_make_may_be_filled_in_another_way() -> None:
    def change(resources: Resources) -> None:
        cached("hub/nginx")(resources)
        resources["Repository"]["Properties"] = {"RepositoryName": "hub/nginx"}

    assert findings(OfficialImage, fixture("fargate", change)) == []


def test_under_a_rule_for_the_whole_registry_an_image_may_be_ecr_s_own() -> None:
    assert findings(OfficialImage, fixture("fargate", cached("nginx", "ROOT"))) == []


def test_a_prefix_that_is_not_known_leaves_it_open() -> None:
    template = fixture("fargate", cached("hub/nginx", {"Ref": "Prefix"}))
    assert findings(OfficialImage, template | {"Parameters": {"Prefix": {"Type": "String"}}}) == []
