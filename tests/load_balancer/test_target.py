"""A service behind a load balancer: what is made, where, and who may talk to whom."""

from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from constructs_ecs import Code, ConflictError, ConstructsEcsError, Ec2Service, PrivateNetwork
from constructs_ecs.load_balancer import InternalLoadBalancer, LoadBalancerTarget, TargetHealthCheck
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Verdict
from tests.load_balancer.scene import RULE, SERVICE, TARGET_GROUP, attributes, certificate, http, rules
from tests.meaning import meaning
from tests.nag import findings
from tests.scene import Scene, scene
from tests.support import ENVIRONMENT, app, of_type, only, stack, template


@dataclass(frozen=True)
class Served:
    """A web service behind a load balancer."""

    place: Scene
    balancer: InternalLoadBalancer
    target: LoadBalancerTarget
    template: dict[str, Any]


def _place(**options: Any) -> tuple[Scene, InternalLoadBalancer]:  # noqa: ANN401 - passes through
    place = scene(**options)
    return place, http(place.stack, place.network)


@pytest.fixture(scope="module")
def served() -> Served:
    place, balancer = _place()
    target = balancer.add_target(place.fargate())
    return Served(place, balancer, target, place.template)


def test_requests_go_to_the_tasks_own_addresses_on_the_containers_port(served: Served) -> None:
    group = only(served.template, TARGET_GROUP)
    assert (group["TargetType"], group["Protocol"], group["Port"]) == ("ip", "HTTP", 8080)
    (target_group,) = of_type(served.template, TARGET_GROUP)
    assert only(served.template, SERVICE)["LoadBalancers"] == [
        {"ContainerName": "app", "ContainerPort": 8080, "TargetGroupArn": {"Ref": target_group}}
    ]
    assert served.place.stack.resolve(served.target.target_group.target_group_arn) == {"Ref": target_group}


def test_with_neither_host_nor_path_a_service_gets_what_no_other_does(served: Served) -> None:
    rule = only(served.template, RULE)
    assert rule["Priority"] == 50_000
    assert [(each["Field"], each["PathPatternConfig"]["Values"]) for each in rule["Conditions"]] == [
        ("path-pattern", ["/*"])
    ]
    assert rule["ListenerArn"] == served.place.stack.resolve(served.balancer.listener.listener_arn)


def test_ecs_registers_tasks_when_the_rule_is_there(served: Served) -> None:
    (service,) = of_type(served.template, SERVICE).values()
    (rule,) = of_type(served.template, RULE)
    assert rule in service["DependsOn"]


def test_tasks_are_given_time_to_start_and_requests_to_end(served: Served) -> None:
    assert only(served.template, SERVICE)["HealthCheckGracePeriodSeconds"] == 60
    said = attributes(only(served.template, TARGET_GROUP), "TargetGroupAttributes")
    assert said["deregistration_delay.timeout_seconds"] == "60"


def test_a_service_that_is_behind_none_has_no_grace_period() -> None:
    place = scene()
    place.fargate()
    assert "HealthCheckGracePeriodSeconds" not in only(place.template, SERVICE)


def test_both_are_opened_for_the_containers_port_and_for_nothing_else(served: Served) -> None:
    service = served.target.node.scope
    assert service is not None
    made = served.template
    opened = [
        rule["Properties"]
        for kind in ("Ingress", "Egress")
        for rule in of_type(made, f"AWS::EC2::SecurityGroup{kind}").values()
        if rule["Properties"]["ToPort"] != 443
    ]
    assert [(rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) for rule in opened] == [(8080, 8080, "tcp")] * 2
    assert rules(made, served.balancer.security_group) == {("Egress", 8080)}


def test_the_endpoint_client_group_stays_as_it_is(served: Served) -> None:
    clients = served.place.network.endpoint_client_security_group
    assert rules(served.template, clients) == {("Egress", 443)}
    carried = only(served.template, SERVICE)["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"]
    assert len(carried) == 2


def test_a_health_check_is_made_as_it_was_said() -> None:
    place, balancer = _place()
    balancer.add_target(
        place.fargate(),
        health_check=TargetHealthCheck(
            path="/health",
            healthy_codes="200-204",
            interval_seconds=20,
            timeout_seconds=4,
            healthy_threshold=3,
            unhealthy_threshold=4,
        ),
        deregistration_delay_seconds=0,
        grace_period_seconds=90,
    )
    group = only(place.template, TARGET_GROUP)
    assert {key: value for key, value in group.items() if key.startswith(("HealthC", "Healthy", "Unh", "Matcher"))} == {
        "HealthCheckPath": "/health",
        "HealthCheckProtocol": "HTTP",
        "Matcher": {"HttpCode": "200-204"},
        "HealthCheckIntervalSeconds": 20,
        "HealthCheckTimeoutSeconds": 4,
        "HealthyThresholdCount": 3,
        "UnhealthyThresholdCount": 4,
    }
    assert attributes(group, "TargetGroupAttributes")["deregistration_delay.timeout_seconds"] == "0"
    assert only(place.template, SERVICE)["HealthCheckGracePeriodSeconds"] == 90


def test_services_share_a_load_balancer_by_host_and_by_path() -> None:
    place, balancer = _place()
    balancer.add_target(place.fargate("Shop"), host=["shop.example.com", "*.shop.example.com"], priority=20)
    balancer.add_target(place.fargate("Orders"), path="/orders/*", priority=10)
    balancer.add_target(place.fargate("Admin"), host="admin.example.com", path=["/a", "/b"], priority=30)
    balancer.add_target(place.fargate("Web"))
    found = {
        rule["Properties"]["Priority"]: [
            next(each[key]["Values"] for key in each if key.endswith("Config"))
            for each in rule["Properties"]["Conditions"]
        ]
        for rule in of_type(place.template, RULE).values()
    }
    assert found == {
        10: [["/orders/*"]],
        20: [["shop.example.com", "*.shop.example.com"]],
        30: [["admin.example.com"], ["/a", "/b"]],
        50_000: [["/*"]],
    }


def test_a_service_on_ec2_is_served_the_same_way() -> None:
    place, balancer = _place()
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    containers = [place.container(memory_mib=512)]
    service = Ec2Service(place.stack, "Web", cluster=place.cluster, containers=containers, capacity=capacity)
    balancer.add_target(service)
    made = place.template
    assert only(made, TARGET_GROUP)["TargetType"] == "ip"
    assert rules(made, service.security_group) == {("Ingress", 8080)}
    assert only(made, SERVICE)["HealthCheckGracePeriodSeconds"] == 60


def test_the_first_container_with_a_port_is_served_or_the_named_one() -> None:
    place, balancer = _place()
    containers = [
        place.container(name="log", port=None),
        place.container(name="web"),
        place.container(name="metrics", port=9090),
    ]
    service = place.fargate(containers=containers)
    balancer.add_target(service)
    balancer.add_target(service, container="metrics", path="/metrics", priority=1, target_id="Metrics")
    made = place.template
    assert [(each["ContainerName"], each["ContainerPort"]) for each in only(made, SERVICE)["LoadBalancers"]] == [
        ("web", 8080),
        ("metrics", 9090),
    ]
    assert rules(made, service.security_group) == {("Ingress", 8080), ("Ingress", 9090)}


def test_two_load_balancers_serve_one_service_which_waits_for_the_slower() -> None:
    place, balancer = _place()
    service = place.fargate()
    other = http(place.stack, place.network, "Other")
    balancer.add_target(service, grace_period_seconds=300)
    other.add_target(service, grace_period_seconds=30)
    made = only(place.template, SERVICE)
    assert len(made["LoadBalancers"]) == 2
    assert made["HealthCheckGracePeriodSeconds"] == 300


def test_ecs_takes_five_targets_of_a_service() -> None:
    place, balancer = _place()
    service = place.fargate()
    for number in range(1, 6):
        balancer.add_target(service, path=f"/{number}", priority=number, target_id=f"Target{number}")
    with pytest.raises(ConflictError, match="at most 5") as raised:
        balancer.add_target(service, path="/6", priority=6, target_id="Target6")
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE


def test_a_second_target_of_one_service_and_load_balancer_has_an_id_of_its_own() -> None:
    place, balancer = _place()
    service = place.fargate()
    balancer.add_target(service)
    with pytest.raises(ConflictError, match="BalancerTarget already") as raised:
        balancer.add_target(service, path="/a", priority=1)
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE
    balancer.add_target(service, path="/a", priority=1, target_id="Second")


def test_a_service_of_another_stage_is_refused() -> None:
    root = app()
    places = [scene(scope=cdk.Stack(cdk.Stage(root, name), "Stack")) for name in ("Test", "Production")]
    balancer = http(places[0].stack, places[0].network)
    with pytest.raises(ConflictError) as raised:
        balancer.add_target(places[1].fargate())
    assert raised.value.code is Code.STAGES


def test_a_service_of_another_network_is_refused() -> None:
    place = scene()
    balancer = http(place.stack, PrivateNetwork(place.stack, "Elsewhere"))
    with pytest.raises(ConflictError, match="in one VPC") as raised:
        balancer.add_target(place.fargate())
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"host": "shop"}, Code.LOAD_BALANCER),
        ({"host": 3}, Code.LOAD_BALANCER),
        ({"host": []}, Code.LOAD_BALANCER),
        ({"path": "orders", "priority": 1}, Code.LOAD_BALANCER),
        ({"path": [f"/{number}" for number in range(6)], "priority": 1}, Code.LOAD_BALANCER),
        ({"path": "/orders"}, Code.LOAD_BALANCER),
        ({"priority": 1}, Code.LOAD_BALANCER),
        ({"path": "/orders", "priority": 0}, Code.LOAD_BALANCER),
        ({"health_check": "/health"}, Code.LOAD_BALANCER),
        ({"deregistration_delay_seconds": 3601}, Code.LOAD_BALANCER),
        ({"grace_period_seconds": -1}, Code.LOAD_BALANCER),
        ({"container": "other"}, Code.CONTAINER_NAME),
        ({"container": 3}, Code.CONTAINER_NAME),
        ({"target_id": ""}, Code.SETTING),
        ({"target_id": 3}, Code.SETTING),
    ],
)
def test_a_bad_option_is_refused_and_takes_no_place(options: dict[str, Any], code: Code) -> None:
    place, balancer = _place()
    service = place.fargate()
    with pytest.raises(ConstructsEcsError) as raised:
        balancer.add_target(service, **options)
    assert raised.value.code is code
    balancer.add_target(service)


def test_a_task_without_a_port_is_refused() -> None:
    place, balancer = _place()
    with pytest.raises(ConstructsEcsError) as raised:
        balancer.add_target(place.fargate(container=place.container(port=None)))
    assert raised.value.code is Code.PORT


@pytest.mark.parametrize("service", [None, "Web"])
def test_what_is_no_service_is_refused(service: Any) -> None:  # noqa: ANN401 - of any type
    with pytest.raises(ConstructsEcsError) as raised:
        _place()[1].add_target(service)
    assert raised.value.code is Code.SETTING


def test_tokens_pass_the_checks() -> None:
    place, balancer = _place()

    def number(name: str) -> int:
        return int(cdk.CfnParameter(place.stack, name, type="Number").value_as_number)

    host = cdk.CfnParameter(place.stack, "Host").value_as_string
    balancer.add_target(
        place.fargate(container=place.container(port=number("Port"))),
        host=host,
        priority=number("Priority"),
        health_check=TargetHealthCheck(interval_seconds=number("Interval"), timeout_seconds=number("Timeout")),
        deregistration_delay_seconds=number("Delay"),
        grace_period_seconds=number("Grace"),
    )
    group = only(place.template, TARGET_GROUP)
    assert (group["Port"], group["HealthCheckIntervalSeconds"]) == ({"Ref": "Port"}, {"Ref": "Interval"})
    assert attributes(group, "TargetGroupAttributes")["deregistration_delay.timeout_seconds"] == {"Ref": "Delay"}
    assert only(place.template, RULE)["Priority"] == {"Ref": "Priority"}
    assert only(place.template, SERVICE)["HealthCheckGracePeriodSeconds"] == {"Ref": "Grace"}


def _three_stacks(root: cdk.App | cdk.Stage, env: cdk.Environment | None = None) -> tuple[cdk.Stack, ...]:
    """A platform with the load balancer, and two apps behind it of which one calls the other through it."""
    platform, shop, admin = (cdk.Stack(root, name, env=env) for name in ("Platform", "Shop", "Admin"))
    place = scene(scope=platform)
    balancer = InternalLoadBalancer(platform, "Balancer", network=place.network, certificate=certificate(platform))
    web = Scene(shop, place.network, place.cluster, place.image).fargate()
    console = Scene(admin, place.network, place.cluster, place.image).fargate("Console")
    balancer.add_target(web)
    balancer.add_target(console, host="admin.example.com", priority=10)
    balancer.allow_from(web)
    console.allow_to(balancer)
    return platform, shop, admin


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_services_of_other_stacks_depend_on_the_load_balancer_and_it_on_none(env: cdk.Environment | None) -> None:
    platform, shop, admin = _three_stacks(app(), env)
    made = template(platform)
    assert not platform.dependencies
    assert shop.dependencies == admin.dependencies == [platform]
    assert not of_type(made, RULE)
    assert not of_type(made, TARGET_GROUP)
    for each in (shop, admin):
        own = template(each)
        assert len(of_type(own, RULE)) == len(of_type(own, TARGET_GROUP)) == 1
        assert of_type(own, "AWS::EC2::SecurityGroupIngress")
        assert of_type(own, "AWS::EC2::SecurityGroupEgress")


def test_with_the_cdks_own_call_the_two_stacks_would_need_each_other() -> None:
    root = app()
    platform, shop = cdk.Stack(root, "Platform"), cdk.Stack(root, "Shop")
    place = scene(scope=platform)
    balancer = http(platform, place.network)
    web = Scene(shop, place.network, place.cluster, place.image).fargate()
    group = elbv2.ApplicationTargetGroup(shop, "Group", vpc=place.network.vpc, port=8080, targets=[web.service])
    balancer.listener.add_target_groups("Web", target_groups=[group])
    with pytest.raises(RuntimeError, match="cyclic"):
        root.synth()


def test_it_works_in_a_stage_and_from_a_nested_stack() -> None:
    root = app()
    stage = cdk.Stage(root, "Production")
    platform, *_ = _three_stacks(stage)
    root.synth()
    assert not platform.dependencies
    place, balancer = _place()
    nested = cdk.NestedStack(place.stack, "Nested")
    balancer.add_target(Scene(nested, place.network, place.cluster, place.image).fargate())
    assert not of_type(place.template, RULE)
    assert len(of_type(template(nested), RULE)) == 1


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_every_call_of_the_services_is_proven(env: cdk.Environment | None) -> None:
    root = app()
    _three_stacks(root, env)
    report = analyse([root.synth().directory])
    assert [(site.start.verdict, site.exec.verdict) for site in report.launch_sites] == [
        (Verdict.PASS, Verdict.PASS)
    ] * 2
    assert report.findings == ()
    assert report.unknowns == ()


def test_no_pack_finds_anything_on_a_target() -> None:
    root = app()
    _three_stacks(root)
    # The services' own log groups are without a key here, which is theirs to say.
    assert [finding for finding in findings(root) if "/LogGroup/" not in finding.path] == []


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_feature_flags_change_nothing(env: cdk.Environment | None) -> None:
    made = []
    for flags in (False, True):
        place = scene(scope=stack(flags=flags, env=env))
        http(place.stack, place.network).add_target(place.fargate())
        made.append(meaning(place.template))
    assert made[0] == made[1]
