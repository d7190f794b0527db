"""CloudFormation's properties turned into requests of the API, as botocore's model of the API wants them."""

from typing import Any

from botocore.model import Shape

from tests.emulator.extension.api import client
from tests.emulator.extension.resource import Properties, RefusedError

# Where CloudFormation's name of a property and the API's differ by more than the case of the first letter.
_NAMES = {
    "EFSVolumeConfiguration": "efsVolumeConfiguration",
    "EnableECSManagedTags": "enableECSManagedTags",
    "FilesystemId": "fileSystemId",
}


def call(service: str, operation: str, properties: Properties, **more: Any) -> dict[str, Any]:
    """Call an operation with properties of a template; a property that the operation does not have is refused."""
    emulated = client(service)
    shape = emulated.meta.service_model.operation_model(operation).input_shape
    method = next(name for name, api_name in emulated.meta.method_to_api_mapping.items() if api_name == operation)
    answer: dict[str, Any] = getattr(emulated, method)(**typed({**properties, **more}, shape))
    return answer


def typed(value: Any, shape: Shape) -> Any:
    """A value with the member names and the types of the API: CloudFormation also takes "512" and "true"."""
    match shape.type_name, value:
        case "structure", dict():
            return {name: typed(value[key], shape.members[name]) for key, name in _members(value, shape).items()}
        case "list", list():
            return [typed(each, shape.member) for each in value]
        case "map", dict():
            return {key: typed(each, shape.value) for key, each in value.items()}
    return _scalar(value, shape.type_name)


def _scalar(value: Any, kind: str) -> Any:
    match kind, value:
        case (("integer" | "long"), str()):
            return int(value)
        case "boolean", str():
            return {"true": True, "false": False}[value.lower()]
        case "string", (int() | float()) if not isinstance(value, bool):
            return str(value)
    return value


def _members(value: Properties, shape: Shape) -> dict[str, str]:
    """The API's name of each key."""
    found = {}
    for key in value:
        candidates = (key, key[:1].lower() + key[1:], _NAMES.get(key))
        name = next((candidate for candidate in candidates if candidate in shape.members), None)
        if name is None:
            raise RefusedError(f"Encountered unsupported property {key} (of {shape.name})")
        found[key] = name
    return found
