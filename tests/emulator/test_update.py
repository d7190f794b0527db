"""An update changes what it has to and nothing else; one that fails leaves what was there."""

from pathlib import Path

import pytest

from tests.emulator import sample
from tests.emulator.cli import Cli
from tests.emulator.updating import DATA, NETWORK, App

_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
_SERVING = {"AWS::ECS::Service", "AWS::ECS::TaskDefinition", "AWS::ElasticLoadBalancingV2::LoadBalancer"}
_RULES = {
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
}
_FAILING = {
    "image role that is gone": "role with name gone cannot be found",
    "image role for another service": "unable to assume the role",
    "dead subnet": "'subnet-0123456789abcdef0' does not exist",
}


@pytest.fixture(scope="module")
def app(own_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> App:
    changes = ["new image tag", "one more service", "exec off", *_FAILING]
    return App(own_cli, "isolated", tmp_path_factory.mktemp("changes"), changes)


def test_a_new_image_tag_replaces_the_task_definitions_alone(app: App) -> None:
    before = app.deploy()
    assert {image.rpartition(":")[2] for image in app.images()} == {"1.4.2"}
    after = app.deploy("new image tag")
    assert after.replaced_since(before) == {"AWS::ECS::TaskDefinition"}
    assert after.added_since(before) == before.added_since(after) == set()
    assert {image.rpartition(":")[2] for image in app.images()} == {"1.4.3"}


def test_one_more_service_replaces_nothing(app: App) -> None:
    before = app.deploy()
    after = app.deploy("one more service")
    assert after.replaced_since(before) == set()
    added = after.added_since(before)
    assert {stack for stack, _ in added} == {"Services"}
    assert all(key.startswith("Extra") for _, key in added)
    assert {after.types[key] for key in added} >= {"AWS::ECS::Service", "AWS::IAM::Role", "AWS::Logs::LogGroup"}


def test_turning_exec_off_takes_it_from_the_service_and_its_role_and_replaces_nothing_else(app: App) -> None:
    before = app.deploy()
    after = app.deploy("exec off")
    kept = DATA | NETWORK | {"AWS::IAM::Role", "AWS::ECS::Service"}
    assert after.of_types(kept) == before.of_types(kept)
    assert after.replaced_since(before) <= {"AWS::ECS::TaskDefinition", "AWS::IAM::ManagedPolicy"}
    services = after.of_types({"AWS::ECS::Service"})
    enabled = {
        key: app.aws("ecs").describe_services(cluster=arn.split("/")[-2], services=[arn])["services"][0][
            "enableExecuteCommand"
        ]
        for (_, key), arn in services.items()
    }
    assert {key[:6]: on for key, on in enabled.items()} == {"WebSer": False, "Worker": True}


@pytest.mark.parametrize(("change", "reason"), _FAILING.items())
def test_an_update_that_fails_leaves_the_earlier_version_running(change: str, reason: str, app: App) -> None:
    before = app.deploy()
    running = app.services()
    outcome = app.try_to_deploy(change)
    assert outcome.code != 0
    said = " ".join(outcome.output.split())
    assert reason in said, said[-3000:]
    assert app.status("Services") == "UPDATE_ROLLBACK_COMPLETE"
    assert app.found() == before
    assert app.services() == running
    assert app.shows_no_difference(app.unchanged)


def test_a_certificate_changes_the_listener_and_the_rules_of_its_port_alone(app: App, tmp_path: Path) -> None:
    # The last of this file: the way back needs the services off the listener first.
    before = app.deploy()
    made = app.aws("acm").request_certificate(DomainName="web.example.com")["CertificateArn"]
    assembly = app.cli.synth(tmp_path / "out", *sample.context("isolated"), f"certificate_arn={made}")
    app.cli.deploy(assembly)
    after = app.found()
    kept = DATA | NETWORK | _SERVING
    assert after.of_types(kept) == before.of_types(kept)
    assert after.replaced_since(before) <= _RULES
    assert {after.types[key] for key in after.added_since(before)} <= {_LISTENER, *_RULES}
    found = {
        each["Protocol"]: each
        for arn in after.of_types({_LISTENER}).values()
        for each in app.aws("elbv2").describe_listeners(ListenerArns=[arn])["Listeners"]
    }
    assert {protocol: each["Port"] for protocol, each in found.items()} == {"HTTP": 80, "HTTPS": 443}
    assert [each["CertificateArn"] for each in found["HTTPS"]["Certificates"]] == [made]
    assert app.shows_no_difference(assembly)
