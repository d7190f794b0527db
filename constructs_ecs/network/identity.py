"""Telling values apart that may be known only when they are deployed, and naming what they stand for."""

import json
import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from constructs import Construct, IConstruct

from constructs_ecs.facts.limits import is_token

_NAMES_A_RESOURCE: Final = re.compile(r'"Ref"|"Fn::GetAtt"|\$\{')
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9.:_-]+")


def identities(scope: Construct, texts: Sequence[str]) -> list[str]:
    """Return of each text what it is told apart by: equal ones are the same value, others may still be.

    A literal is itself. A token is what it stands for, such as an import of a named export, so that two tokens of it
    are one; but where that names a resource it is the token, since two stacks may use one name for two resources.

    Args:
        scope: where the texts are used.
        texts: literals and tokens.
    """
    if not any(map(is_token, texts)):
        return list(texts)
    resolved = [json.dumps(value, sort_keys=True) for value in cdk.Stack.of(scope).resolve(list(texts))]
    return [
        text if not is_token(text) or _NAMES_A_RESOURCE.search(value) else value
        for text, value in zip(texts, resolved, strict=True)
    ]


def spelled(scope: Construct, text: str) -> str:
    """Spell a text as a part of a construct's id, a token by what it stands for and where that is."""
    if not is_token(text):
        return _NOT_IN_A_NAME.sub("_", text)
    owners = [
        place(scope, token.target)
        for token in cdk.Tokenization.reverse_string(text).tokens
        if isinstance(token, cdk.Reference)
    ]
    resolved = json.dumps(cdk.Stack.of(scope).resolve(text), sort_keys=True)
    return _NOT_IN_A_NAME.sub("_", "-".join((*owners, resolved))).strip("_")


def place(scope: Construct, construct: IConstruct) -> str:
    """Name a construct by its path in the scope's own stack, or else in its stage, which is no part of an id."""
    path = construct.node.path
    for above in (cdk.Stack.of(scope), cdk.Stage.of(scope)):
        inside = "" if above is None else f"{above.node.path}/"
        if inside and path.startswith(inside):
            return path.removeprefix(inside)
    return path
