"""EC2's launch templates, of whose data MiniStack keeps and shows a part."""

from typing import Any

from tests.emulator.extension import memory
from tests.emulator.extension.api import client
from tests.emulator.extension.ec2 import retag
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType
from tests.emulator.extension.shapes import call


def _remember(template: str, version: int, properties: Properties) -> None:
    memory.remember("LaunchTemplateVersion", template, version, LaunchTemplateData=properties["LaunchTemplateData"])


def _attributes(template: dict[str, Any]) -> dict[str, Any]:
    return {name: str(template[name]) for name in ("LatestVersionNumber", "DefaultVersionNumber")}


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("LaunchTemplateName") or made_up(stack, logical_id)
    made = call("ec2", "CreateLaunchTemplate", properties, LaunchTemplateName=name)["LaunchTemplate"]
    _remember(made["LaunchTemplateId"], made["LatestVersionNumber"], properties)
    return made["LaunchTemplateId"], {"LaunchTemplateId": made["LaunchTemplateId"], **_attributes(made)}


def _own_tags(properties: Properties) -> Properties:
    own = (each for each in properties.get("TagSpecifications", []) if each["ResourceType"] == "launch-template")
    return {"Tags": [tag for each in own for tag in each["Tags"]]}


def _update(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    """A change of the data is a new version, which is not the default one."""
    retag(physical_id, _own_tags(old), _own_tags(new))
    if old["LaunchTemplateData"] == new["LaunchTemplateData"]:
        return {}
    made = call(
        "ec2",
        "CreateLaunchTemplateVersion",
        {"LaunchTemplateData": new["LaunchTemplateData"]},
        LaunchTemplateId=physical_id,
    )["LaunchTemplateVersion"]
    _remember(physical_id, made["VersionNumber"], new)
    (template,) = client("ec2").describe_launch_templates(LaunchTemplateIds=[physical_id])["LaunchTemplates"]
    return _attributes(template)


def _delete(physical_id: str, _properties: Properties) -> None:
    client("ec2").delete_launch_template(LaunchTemplateId=physical_id)


TYPES = {
    "AWS::EC2::LaunchTemplate": ResourceType(
        create=_create, update=_update, delete=_delete, replacing=("LaunchTemplateName",)
    )
}
