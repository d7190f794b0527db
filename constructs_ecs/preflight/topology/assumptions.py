"""What the user says about networks that the templates do not show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint

_EGRESS: Final = ("nat", "none")
_PRIVATE_DNS: Final = "private-dns"
_ENDPOINTS: Final = "endpoints:"
_ALL: Final = "all"
_NONE: Final = "none"
_SERVICES: Final = {endpoint.value: endpoint for endpoint in Endpoint}


@dataclass(frozen=True)
class Assumptions:
    """What to take as given where the templates leave it open; what they show is never overruled.

    Args:
        egress: ``"nat"``: where the way out of a subnet is unknown, it leads to the internet. ``"none"``: there is
            none. The way out is unknown for a subnet that is not in the templates, and behind a transit gateway,
            a virtual private gateway, a peering connection, a firewall, an instance and so on.
        regular_vpcs: VPCs and subnets that are not in the templates resolve names with the VPC's own resolver, have
            both DNS attributes on, and network ACLs that let all through.
        endpoints: besides, such a VPC has usable endpoints for exactly these services and those in the templates:
            with private DNS, open to whoever calls, the gateway of S3 on every route table. A VPC in the templates
            without an endpoint of its own uses one of these where a zone or rule of its names, or a route out to
            private addresses, may lead to it. None: not known.
    """

    egress: str | None = None
    regular_vpcs: bool = False
    endpoints: frozenset[Endpoint] | None = None

    @staticmethod
    def parse(settings: Iterable[str]) -> "Assumptions":
        """Read assumptions as the command line takes them.

        ``egress=nat``, ``egress=none``; ``vpc=private-dns`` for regular VPCs; ``vpc=endpoints:logs,ecr.api,s3`` for
        regular VPCs with these endpoints and no others, ``vpc=endpoints:all``, ``vpc=endpoints:none``.

        Raises:
            InvalidValueError: ECS030, it is none of these.
        """
        egress, regular, endpoints = None, False, None
        for setting in settings:
            name, _, value = setting.partition("=")
            if name == "egress" and value in _EGRESS:
                egress = value
            elif name == "vpc" and value == _PRIVATE_DNS:
                regular = True
            elif name == "vpc" and value.startswith(_ENDPOINTS):
                regular, endpoints = True, _endpoints(value.removeprefix(_ENDPOINTS))
            else:
                raise _refusal(setting)
        return Assumptions(egress, regular, endpoints)


def _endpoints(value: str) -> frozenset[Endpoint]:
    if value in (_ALL, _NONE):
        return frozenset(Endpoint) if value == _ALL else frozenset()
    names = [name.strip() for name in value.split(",")]
    for name in names:
        if name not in _SERVICES:
            raise InvalidValueError(
                Code.SETTING,
                f"vpc=endpoints: lists services as their endpoints name them; got {name!r}.",
                f"Use some of {', '.join(_SERVICES)}, or all, or none.",
            )
    return frozenset(_SERVICES[name] for name in names)


def _refusal(setting: str) -> InvalidValueError:
    return InvalidValueError(
        Code.SETTING,
        f"An assumption is egress=nat, egress=none, vpc=private-dns or vpc=endpoints:SERVICES; got {setting!r}.",
        "Use one of them.",
    )
