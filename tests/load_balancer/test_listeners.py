"""HTTPS with a redirect to it, or plain HTTP."""

from typing import Any

import aws_cdk as cdk
import pytest

from constructs_ecs import Container, FargateService, PrivateNetwork
from tests.load_balancer.scene import LISTENER, certificate, http
from tests.nag import suppressed
from tests.scene import SIZE, scene
from tests.support import app, of_type, stack, template


def _listeners(**options: Any) -> dict[int, dict[str, Any]]:  # noqa: ANN401 - passes through
    scope = stack()
    certificates = [certificate(scope, name) for name in options.pop("certificates", ())]
    http(scope, PrivateNetwork(scope, "Network"), certificate=certificates, plain_http=not certificates)
    found = [resource["Properties"] for resource in of_type(template(scope), LISTENER).values()]
    return {listener["Port"]: listener for listener in found}


@pytest.fixture(scope="module")
def https() -> dict[int, dict[str, Any]]:
    return _listeners(certificates=["First"])


def test_https_takes_tls_1_2_and_1_3(https: dict[int, dict[str, Any]]) -> None:
    assert https[443]["Protocol"] == "HTTPS"
    assert https[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert https[443]["Certificates"] == [{"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/First"}]


def test_http_is_redirected_to_https_for_good(https: dict[int, dict[str, Any]]) -> None:
    assert set(https) == {80, 443}
    (action,) = https[80]["DefaultActions"]
    assert action["RedirectConfig"] == {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}


def test_what_no_service_is_added_for_is_not_found(https: dict[int, dict[str, Any]]) -> None:
    for listener in (https[443], _listeners()[80]):
        (action,) = listener["DefaultActions"]
        assert action["FixedResponseConfig"]["StatusCode"] == "404"


def test_plain_http_has_one_listener() -> None:
    listeners = _listeners()
    assert {port: listener["Protocol"] for port, listener in listeners.items()} == {80: "HTTP"}
    assert "Certificates" not in listeners[80]


def test_several_certificates_are_shown_by_name() -> None:
    scope = stack()
    certificates = [certificate(scope, "First"), certificate(scope, "Second")]
    http(scope, PrivateNetwork(scope, "Network"), plain_http=False, certificate=certificates)
    made = template(scope)
    (more,) = of_type(made, "AWS::ElasticLoadBalancingV2::ListenerCertificate").values()
    (shown,) = more["Properties"]["Certificates"]
    assert shown["CertificateArn"].endswith("/Second")


def test_the_findings_on_plain_http_are_acknowledged_with_the_choice() -> None:
    scope = stack()
    balancer = http(scope, PrivateNetwork(scope, "Network"))
    root = scope.node.root
    assert isinstance(root, cdk.App)
    said = {finding.text for finding in suppressed(root) if finding.path.startswith(balancer.listener.node.path)}
    assert said
    assert all("plain_http=True" in text for text in said)


def test_a_certificate_given_later_keeps_what_services_of_other_stacks_import() -> None:
    def front(*, with_certificate: bool) -> dict[str, Any]:
        scope = app()
        place = scene(scope=cdk.Stack(scope, "Shop"))
        entry = cdk.Stack(scope, "Entry")
        options: dict[str, Any] = {"plain_http": False, "certificate": certificate(entry)} if with_certificate else {}
        balancer = http(entry, place.network, **options)
        services = cdk.Stack(scope, "Services")
        web = FargateService(
            services, "Web", cluster=place.cluster, containers=[Container(image=place.image, port=8080)], size=SIZE
        )
        balancer.add_target(web)
        return template(entry)

    before, after = front(with_certificate=False), front(with_certificate=True)
    assert before["Outputs"].keys() <= after["Outputs"].keys()
    assert of_type(before, LISTENER).keys() < of_type(after, LISTENER).keys()
