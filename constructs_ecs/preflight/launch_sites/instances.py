"""The container instances that the templates make: groups of them, single ones, and those of Managed Instances."""

import base64
import binascii
from typing import Any

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites.interfaces import by_public_ip, security_groups, subnets
from constructs_ecs.preflight.launch_sites.reading import as_text, items, optional_thing, role, walk
from constructs_ecs.preflight.launch_sites.site import Instances
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Text, Unknown, boolean

GROUP = "AWS::AutoScaling::AutoScalingGroup"
SINGLE = "AWS::EC2::Instance"
_TEMPLATE = "AWS::EC2::LaunchTemplate"
_CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
_PROFILE = "AWS::IAM::InstanceProfile"
_SPECIFICATIONS = (
    ("LaunchTemplate",),
    ("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification"),
)


def of_group(graph: Graph, group: Resource) -> tuple[Instances, ...]:
    """Return the instances of an Auto Scaling group: one entry for all that are alike."""
    made_from = _made_from(graph, group)
    where = group.where
    if made_from is None or isinstance(made_from, Unknown):
        reason = made_from or Unknown(f"{where} says not what its instances are made from")
        return (Instances(where=where, role=reason, interface=reason, user_data=reason, launch_template=reason),)
    data = made_from.get("LaunchTemplateData") if made_from.type == _TEMPLATE else made_from.get()
    places = subnets(graph, group.get("VPCZoneIdentifier"))
    return _alike(graph, data, places, where, made_from)


def of_single(graph: Graph, instance: Resource) -> tuple[Instances, ...]:
    """Return an instance that the template makes by itself."""
    made_from = _template_of(graph, instance.get("LaunchTemplate"))
    data = {**_properties(made_from, "LaunchTemplateData"), **_properties(instance)}
    subnet = walk(data, "SubnetId") or walk(data, "NetworkInterfaces", 0, "SubnetId")
    return _alike(graph, data, subnets(graph, subnet), instance.where, made_from)


def of_managed(graph: Graph, provider: Resource) -> tuple[Instances, ...]:
    """Return the instances that a provider of ECS Managed Instances makes; they need no start script."""
    template = provider.get("ManagedInstancesProvider", "InstanceLaunchTemplate")
    network = walk(template, "NetworkConfiguration")
    groups = security_groups(graph, walk(network, "SecurityGroups"))
    return tuple(
        Instances(
            where=provider.where,
            role=_role_of_profile(graph, walk(template, "Ec2InstanceProfileArn")),
            interface=NetworkInterface(places, groups, public_ip, provider.where),
            user_data="",
        )
        for public_ip, places in by_public_ip(subnets(graph, walk(network, "Subnets")), None).items()
    )


def start_script(value: Any) -> Text:  # noqa: ANN401 - any resolved value
    """Return user data as text; the resolver has already undone ``Fn::Base64``, literal Base64 is undone here."""
    if not isinstance(value, str):
        return as_text(value) or ""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return value


def _made_from(graph: Graph, group: Resource) -> Resource | Unknown | None:
    for path in _SPECIFICATIONS:
        found = _template_of(graph, group.get(*path))
        if found is not None:
            return found
    if group.get("LaunchConfigurationName") is not None:
        return thing(graph, group.get("LaunchConfigurationName"), _CONFIGURATION)
    return _instance_of_group(graph, group)


def _instance_of_group(graph: Graph, group: Resource) -> Resource | Unknown | None:
    return optional_thing(graph, group.get("InstanceId"), SINGLE)


def _template_of(graph: Graph, specification: Any) -> Resource | Unknown | None:  # noqa: ANN401 - any resolved value
    if isinstance(specification, Unknown):
        return specification
    named = walk(specification, "LaunchTemplateId") or walk(specification, "LaunchTemplateName")
    return optional_thing(graph, named, _TEMPLATE)


def _properties(resource: Resource | Unknown | None, *path: str) -> dict[str, Any]:
    found = None if resource is None or isinstance(resource, Unknown) else resource.get(*path)
    return dict(found) if isinstance(found, dict) else {}


def _alike(
    graph: Graph,
    data: Any,  # noqa: ANN401 - any resolved value
    places: tuple[Resource | Unknown, ...],
    where: Where,
    made_from: Resource | Unknown | None,
) -> tuple[Instances, ...]:
    """Make entries from what a launch template or configuration says; one for each answer on public addresses."""
    primary = walk(data, "NetworkInterfaces", 0)
    groups = _groups(graph, data, primary)
    assigned = walk(primary, "AssociatePublicIpAddress")
    if assigned is None:
        assigned = walk(data, "AssociatePublicIpAddress")
    profile = walk(data, "IamInstanceProfile")
    if isinstance(profile, dict):
        profile = walk(profile, "Arn") or walk(profile, "Name")
    return tuple(
        Instances(
            where=where,
            role=_role_of_profile(graph, profile),
            interface=NetworkInterface(among, groups, public_ip, where),
            user_data=start_script(walk(data, "UserData")),
            launch_template=made_from,
        )
        for public_ip, among in by_public_ip(places, None if assigned is None else boolean(assigned)).items()
    )


def _groups(
    graph: Graph,
    data: Any,  # noqa: ANN401 - any resolved value
    primary: Any,  # noqa: ANN401 - any resolved value
) -> tuple[Resource | Unknown, ...]:
    for value in (walk(primary, "Groups"), walk(primary, "GroupSet"), walk(data, "SecurityGroupIds")):
        if value is not None:
            return security_groups(graph, value)
    # A launch configuration has ids here; elsewhere these are names, which only a default VPC has.
    return security_groups(graph, walk(data, "SecurityGroups"))


def _role_of_profile(graph: Graph, value: Any) -> Resource | Unknown | None:  # noqa: ANN401 - any resolved value
    profile = optional_thing(graph, value, _PROFILE)
    if profile is None or isinstance(profile, Unknown):
        return profile
    return next((role(graph, item) for _, item in items(profile.get("Roles"))), None)
