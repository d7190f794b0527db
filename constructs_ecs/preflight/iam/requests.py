"""Requests as they reach AWS: who makes them, and the context keys that come with them.

Source: IAM user guide, "AWS global condition context keys"; KMS developer guide, "AWS KMS condition keys".
"""

from collections.abc import Mapping
from typing import Final

from constructs_ecs.preflight.iam.arns import components
from constructs_ecs.preflight.iam.conditions import ContextValue
from constructs_ecs.preflight.iam.evaluator import Request
from constructs_ecs.preflight.iam.principals import Principal
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Text, Unknown, text

ContextValues = Mapping[str, ContextValue]

_SOMEONE: Final = Unknown("who signs the call")
_OF_SERVICES: Final = ("aws:SourceArn", "aws:SourceAccount", "aws:PrincipalServiceName", "aws:username")
"""Keys that a call with a role's credentials lacks."""


class Requests:
    """Makes requests in the environment of a graph.

    Args:
        graph: the templates' resources.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def principal(self, role: Resource | Unknown | None) -> Principal:
        """Return a role as the one who makes a request; None stands for someone who is not known."""
        if not isinstance(role, Resource):
            return Principal(account=_SOMEONE, arn=_SOMEONE)
        return Principal(account=self.account(role), arn=self.arn(role))

    def by_role(self, role: Resource | Unknown | None, action: str, resource: Text, context: ContextValues) -> Request:
        """Return a request with a role's credentials."""
        principal = self.principal(role)
        known: dict[str, ContextValue] = {
            "aws:PrincipalAccount": principal.account,
            "aws:PrincipalArn": principal.arn,
            "aws:PrincipalIsAWSService": "false" if isinstance(role, Resource) else _SOMEONE,
            "aws:PrincipalType": "AssumedRole" if isinstance(role, Resource) else _SOMEONE,
            "aws:SecureTransport": "true",
            "aws:ViaAWSService": "false",
            "kms:CallerAccount": principal.account,
            "kms:ViaService": None,
            **dict.fromkeys(_OF_SERVICES),
            **self._of_resource(role, resource),
        }
        return Request(action=action, resource=resource, principal=principal, context=merged(known, context))

    def by_service(self, service: Text, action: str, resource: Text, context: ContextValues, near: Resource) -> Request:
        """Return a request that a service of AWS makes in its own name, in the account of a resource."""
        account = self.account(near)
        known: dict[str, ContextValue] = {
            # A service calls as itself: whatever this key holds, it is no role of the account.
            "aws:PrincipalArn": None,
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": service,
            "aws:SecureTransport": "true",
            "aws:SourceAccount": account,
            "sts:ExternalId": None,
        }
        principal = Principal(account=Unknown("the account of a service of AWS"), service=service)
        return Request(action=action, resource=resource, principal=principal, context=merged(known, context))

    def arn(self, resource: Resource) -> Text:
        """Return a resource's ARN."""
        found = self._graph.value(resource.template, {"Fn::GetAtt": [resource.logical_id, "Arn"]})
        return text(found)

    def account(self, resource: Resource) -> Text:
        """Return the account that a resource is in."""
        return self._graph.environment(resource.template).account

    def service_name(self, service: str, near: Resource) -> Text:
        """Return the regional name of a service, ``logs.eu-west-1.amazonaws.com``, in the Region of a resource."""
        environment = self._graph.environment(near.template)
        return text(service, ".", environment.region, ".", environment.dns_suffix)

    def _of_resource(self, role: Resource | Unknown | None, resource: Text) -> dict[str, ContextValue]:
        """What the ARN of the requested resource says of the request."""
        parts = components(resource)
        found: dict[str, ContextValue] = {}
        if parts is not None and parts[3] != "":
            found["aws:RequestedRegion"] = parts[3]
        elif isinstance(role, Resource):
            found["aws:RequestedRegion"] = self._graph.environment(role.template).region
        owner = None if parts is None else self._owner(parts)
        if owner is not None:
            found["aws:ResourceAccount"] = owner
        return found

    def _owner(self, parts: tuple[Text, ...]) -> Text | None:
        """Return the account of the resource that an ARN names."""
        if parts[4] != "":
            return parts[4]
        name = _before_slash(parts[5])
        bucket = self._graph.target(text("arn:", parts[1], ":s3:::", name), "AWS::S3::Bucket")
        return None if bucket is None else self.account(bucket)


def merged(known: ContextValues, given: ContextValues) -> dict[str, ContextValue]:
    """Return what is known of a request, overruled by what the caller gives; names ignore case."""
    overruled = {key.lower() for key in given}
    return {**{key: value for key, value in known.items() if key.lower() not in overruled}, **given}


def _before_slash(name: Text) -> Text:
    found: list[Text] = []
    for part in name.parts if hasattr(name, "parts") else (name,):
        if isinstance(part, str) and "/" in part:
            return text(*found, part.partition("/")[0])
        found.append(part)
    return text(*found)
