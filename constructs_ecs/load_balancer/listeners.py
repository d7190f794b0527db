"""The listeners of a load balancer: HTTPS with a redirect to it, or plain HTTP; and what the reviewers are told."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.load_balancing import HTTP_PORT

_TLS: Final = elbv2.SslPolicy.TLS13_12_RES_PQ
"""TLS 1.2 and 1.3, authenticated ciphers only, post-quantum key exchange where the client knows it.

Source: user guide, "Security policies for your Application Load Balancer", which recommends it.
"""
_NO_TLS: Final = (
    "NIST.800.53.R5-ELBv2ACMCertificateRequired",
    "HIPAA.Security-ELBv2ACMCertificateRequired",
    "PCI.DSS.321-ELBv2ACMCertificateRequired",
)


def new_http_listener(load_balancer: elbv2.ApplicationLoadBalancer, *, redirects: bool) -> elbv2.ApplicationListener:
    """Make the listener on port 80, which is there in any case and under one id: a certificate can be given later.

    Args:
        load_balancer: the load balancer.
        redirects: whether it sends everyone to HTTPS; otherwise services are added to it.
    """
    to_https = elbv2.ListenerAction.redirect(protocol="HTTPS", port=str(HTTPS_PORT), permanent=True)
    listener = load_balancer.add_listener(
        "Http",
        port=HTTP_PORT,
        protocol=elbv2.ApplicationProtocol.HTTP,
        open=False,
        default_action=to_https if redirects else _not_found(),
    )
    if redirects:
        acknowledge(
            listener,
            "The listener sends every client to HTTPS and serves nothing, so it needs no certificate.",
            *_NO_TLS,
        )
    else:
        acknowledge(
            listener,
            "Plain HTTP inside the network was chosen by the caller (plain_http=True); the security group admits named "
            "peers alone, and the load balancer has no public address.",
            "NIST.800.53.R5-ALBHttpToHttpsRedirection",
            "HIPAA.Security-ALBHttpToHttpsRedirection",
            "PCI.DSS.321-ALBHttpToHttpsRedirection",
            *_NO_TLS,
        )
    return listener


def new_https_listener(
    load_balancer: elbv2.ApplicationLoadBalancer, certificates: Sequence[acm.ICertificate]
) -> elbv2.ApplicationListener:
    """Make the listener on port 443, which services are added to.

    Args:
        load_balancer: the load balancer.
        certificates: what it shows to clients.
    """
    return load_balancer.add_listener(
        "Https",
        port=HTTPS_PORT,
        protocol=elbv2.ApplicationProtocol.HTTPS,
        certificates=list(certificates),
        ssl_policy=_TLS,
        open=False,
        default_action=_not_found(),
    )


def acknowledge_load_balancer(load_balancer: elbv2.ApplicationLoadBalancer, *, deletion_protection: bool) -> None:
    """Say in the report why findings of a load balancer are right to stay."""
    acknowledge(
        load_balancer,
        "The load balancer is inside the network, and its security group admits named peers alone. A web ACL, which "
        "is charged for by the hour, is the choice of who knows what the services serve.",
        "NIST.800.53.R5-ALBWAFEnabled",
        "PCI.DSS.321-ALBWAFEnabled",
    )
    if not deletion_protection:
        acknowledge(
            load_balancer,
            "Deletion protection was switched off by the caller (deletion_protection=False).",
            "NIST.800.53.R5-ELBDeletionProtectionEnabled",
            "HIPAA.Security-ELBDeletionProtectionEnabled",
        )


def _not_found() -> elbv2.ListenerAction:
    return elbv2.ListenerAction.fixed_response(404, content_type="text/plain", message_body="Not found")
