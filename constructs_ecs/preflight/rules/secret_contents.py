"""What is in a secret that the template makes, as far as the template decides it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.stand_ins import StandIns
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Symbol, Text, Unknown, is_known

SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 - a resource type
_CHANGES: Final = ("AWS::SecretsManager::SecretTargetAttachment", "AWS::SecretsManager::RotationSchedule")

Contents = Mapping[str, str]
"""The keys of a secret's JSON object, with their values where the template has them in full."""


def contents(graph: Graph, secret: Resource) -> Contents | Unknown | None:
    """Return what the JSON object in a secret has; None if it holds no JSON object.

    Unknown where somebody else fills it in: a person, as it is created empty, or a rotation, a database, a parameter.
    """
    if any(_is_changed_by(graph, resource, secret) for resource in graph.resources(*_CHANGES)):
        return Unknown(f"what is in {secret.where} is changed after it is created")
    generated = secret.get("GenerateSecretString")
    if generated is not None:
        return _generated(secret, generated)
    written = _raw(secret).get("SecretString")
    if written is None or (isinstance(written, dict) and "Ref" in written):
        return Unknown(f"what is in {secret.where} is not in the template")
    return _parsed(as_text(secret.get("SecretString")))


def _generated(secret: Resource, generated: Any) -> Contents | Unknown | None:  # noqa: ANN401 - a resolved value
    if not isinstance(generated, Mapping):
        return Unknown(f"how {secret.where} is generated")
    key, template = as_text(generated.get("GenerateStringKey")), as_text(generated.get("SecretStringTemplate"))
    if key is None and template is None:
        return None
    found = _parsed(template)
    if isinstance(key, Unknown) or isinstance(found, Unknown):
        return Unknown(f"how {secret.where} is generated")
    return {**(found or {}), str(key): "(generated)"}


def _parsed(written: Text | None) -> Contents | Unknown | None:
    if written is None or isinstance(written, Symbol) or not is_known(written):
        return Unknown("a text that is not known")
    stand_ins = StandIns()
    try:
        found = json.loads(stand_ins.spell(written))
    except (ValueError, RecursionError):
        return None if isinstance(written, str) else Unknown("a text that is put together from parts")
    if not isinstance(found, dict):
        return None
    return {str(stand_ins.text(key)): str(value) for key, value in found.items()}


def _is_changed_by(graph: Graph, resource: Resource, secret: Resource) -> bool:
    named = resource.get("SecretId")
    return not is_known(named) or graph.target(named, SECRET) is secret


def _raw(secret: Resource) -> Mapping[str, Any]:
    properties = secret.raw.get("Properties")
    return properties if isinstance(properties, Mapping) else {}
