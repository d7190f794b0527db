"""What services and jobs have in common, shown by one of each."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_ecs import Code, Container, Egress, FargateJob, FargateService, UnreachableError
from constructs_ecs.facts.features import registry_image
from constructs_ecs.facts.needs import Needs
from constructs_ecs.tasks import Workload
from tests.scene import SIZE, Scene, scene
from tests.support import of_type

Make = Callable[[Scene], Workload]


def service(place: Scene) -> Workload:
    return FargateService(
        place.stack, "One", cluster=place.cluster, containers=[Container(image=place.image)], size=SIZE
    )


def job(place: Scene) -> Workload:
    return FargateJob(place.stack, "One", cluster=place.cluster, containers=[Container(image=place.image)], size=SIZE)


both = pytest.mark.parametrize("make", [service, job])


@both
def test_it_calls_nothing_until_it_is_allowed_to(make: Make) -> None:
    place = scene(audited=False, egress=Egress.NAT_GATEWAY)
    make(place)
    group = _group(place)
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]
    assert group["GroupDescription"] == f"One ECS {make.__name__}: closed until allowed"


@both
def test_it_calls_the_internet_on_443_and_the_ports_of_registries(make: Make) -> None:
    place = scene(audited=False, egress=Egress.NAT_GATEWAY)
    made = make(place)
    made.allow_internet()
    made.allow_internet(registry_image("registry.example.com:5000"))
    rules = _group(place)["SecurityGroupEgress"]
    assert {rule["FromPort"] for rule in rules if rule["CidrIp"] == "0.0.0.0/0"} == {443, 5000}


@both
@pytest.mark.parametrize(
    ("needs", "code"),
    [(registry_image("ghcr.io"), Code.UNREACHABLE_IMAGE), (Needs(internet=("time",)), Code.INTERNET)],
)
def test_what_leaves_a_closed_network_is_refused(make: Make, needs: Needs, code: Code) -> None:
    with pytest.raises(UnreachableError) as refused:
        make(scene(audited=False)).allow_internet(needs)
    assert refused.value.code is code


@both
def test_its_connections_are_those_of_its_own_group(make: Make) -> None:
    made = make(scene(audited=False))
    (group,) = made.connections.security_groups
    assert group.node.path == made.security_group.node.path


def _group(place: Scene) -> dict[str, Any]:
    """The workload's own group, as it is in the template."""
    groups = of_type(place.template, "AWS::EC2::SecurityGroup").items()
    (group,) = [group["Properties"] for name, group in groups if name.startswith("One")]
    return dict(group)
