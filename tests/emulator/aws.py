"""The emulated AWS as its client sees it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.model import Shape

from tests.emulator.server import Emulator


@dataclass(frozen=True)
class Aws:
    """Clients for one emulator, as its root user unless told otherwise."""

    emulator: Emulator

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    def __call__(self, service: str) -> Any:
        """The client of one service."""
        if service not in self._clients:
            self._clients[service] = self.session().client(service, **self.where())
        return self._clients[service]

    def session(self, **credentials: str) -> boto3.Session:
        """A session with the given credentials."""
        environment = self.emulator.environment()
        return boto3.Session(
            region_name=environment["AWS_REGION"],
            **(
                credentials
                or {
                    "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
                    "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
                }
            ),
        )

    def where(self) -> dict[str, str]:
        """What makes a client talk to the emulator."""
        return {"endpoint_url": self.emulator.url, "verify": str(self.emulator.certificate)}

    def pages(self, service: str, operation: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """All pages of an answer."""
        yield from self(service).get_paginator(operation).paginate(**arguments)

    def output(self, service: str, operation: str) -> Shape:
        """The model of an operation's answer."""
        return self(service).meta.service_model.operation_model(operation).output_shape


def pascal(value: Any, shape: Shape) -> Any:
    """An answer in camel case, in the case of CloudFormation; keys that are data stay as they are."""
    match shape.type_name, value:
        case "structure", dict():
            return {_pascal(key): pascal(each, shape.members[key]) for key, each in value.items()}
        case "list", list():
            return [pascal(each, shape.member) for each in value]
    return value


def _pascal(name: str) -> str:
    return re.sub(r"^[a-z]", lambda first: first[0].upper(), name)


def tags(found: list[dict[str, str]] | None) -> list[dict[str, str]]:
    """The tags that a template sets: not those of CloudFormation's own."""
    kept = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in found or [] if not tag["Key"].startswith("aws:")]
    return sorted(kept, key=lambda tag: tag["Key"])
