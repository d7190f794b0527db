"""The emulator's own AWS API, called inside its process: botocore checks each request against AWS's model of it."""

import importlib
import json
from collections.abc import Coroutine, Mapping
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

# Which of MiniStack's modules answers for which of boto3's clients, where the two differ.
MODULES = {"elbv2": "alb", "events": "eventbridge", "logs": "cloudwatch_logs"}
# Nothing goes over the wire and each request is made once: these are names, not secrets.
_SESSION = {"aws_access_key_id": "extension", "aws_secret_access_key": "extension", "region_name": "us-east-1"}


class _Raw(BytesIO):
    """A response body as botocore reads it."""

    def stream(self, **_: object) -> Any:
        yield self.read()


@cache
def client(service: str) -> Any:
    """A client of the emulator's own service; account and Region are those of the request that is being served."""
    made = boto3.client(
        service,
        endpoint_url="http://emulator.invalid",
        config=Config(retries={"total_max_attempts": 1}),
        **_SESSION,
    )
    module = importlib.import_module(f"ministack.services.{MODULES.get(service, service)}")

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        status, headers, body = (
            _ecs(module, request) if service == "ecs" else _run(module.handle_request(*_parts(request)))
        )
        return AWSResponse(request.url, status, headers, _Raw(_bytes(body)))

    made.meta.events.register("before-send", answer)
    return made


def _parts(request: AWSPreparedRequest) -> tuple[str, str, dict[str, str], bytes, dict[str, list[str]]]:
    url = urlsplit(request.url)
    headers = {key.lower(): _text(value) for key, value in request.headers.items()}
    return request.method, url.path, headers, _bytes(request.body or b""), parse_qs(url.query, keep_blank_values=True)


def _ecs(module: Any, request: AWSPreparedRequest) -> tuple[int, Mapping[str, str], Any]:
    """ECS hands each request to a thread and waits for it; this calls what the thread would."""
    _, _, headers, body, _ = _parts(request)
    status, answered, content = module._dispatch_action(headers["x-amz-target"].split(".")[-1], json.loads(body))
    return status, answered, content


def _run(coroutine: Coroutine[Any, Any, tuple[int, Mapping[str, str], Any]]) -> tuple[int, Mapping[str, str], Any]:
    """Run a service's handler to its end: those that the extension calls never wait."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        status, headers, body = done.value[:3]
        return status, headers, body
    coroutine.close()
    raise RuntimeError("the emulator's handler waits for something, and cannot be called from within it")


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
