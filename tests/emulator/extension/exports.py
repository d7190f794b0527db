"""CloudFormation's exports: one that another stack imports can be neither changed nor taken away."""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

from tests.emulator.extension.resource import RefusedError

_resolve = stacks._resolve_stack_outputs


def _resolved(*arguments: Any) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    outputs, exports = _resolve(*arguments)
    *_, stack_id = arguments
    for name, old in list(cloudformation._exports.items()):
        if old["StackId"] != stack_id or exports.get(name) == old:
            continue
        users = _users(name)
        if users:
            verb = "update" if name in exports else "delete"
            raise RefusedError(f"Cannot {verb} export {name} as it is in use by {', '.join(users)}.")
        del cloudformation._exports[name]
    return outputs, exports


def _users(export: str) -> list[str]:
    """The stacks that import it."""
    return [
        name
        for name, stack in cloudformation._stacks.items()
        if stack.get("StackStatus") != "DELETE_COMPLETE" and export in handlers._imported_export_names(stack, name)
    ]


def install() -> None:
    """The outputs are worked out when all resources are done, and an update that fails there is rolled back."""
    stacks._resolve_stack_outputs = _resolved
