"""R10: a log group's own key that CloudWatch Logs, or who writes to it, may not use."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.calls.making import key_of
from constructs_ecs.preflight.findings import Fault, Finding, Link, Severity, Verdict, Where
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Text, Unknown, text

_LOG_GROUP: Final = "AWS::Logs::LogGroup"
_ENCRYPTS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
_ALSO_ASKED_FOR: Final = ("kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey")
_WRITES: Final = (Purpose.WRITE_LOGS, Purpose.WRITE_EXEC_LOG)
_ENCRYPTION: Final = (Purpose.ENCRYPT_LOGS, Purpose.ENCRYPT_EXEC_LOG)
_NOT_ALLOWED: Final = (Fault.NOT_ALLOWED, Fault.DENIED, Fault.KEY_POLICY)
_CONTEXT: Final = "kms:EncryptionContext:aws:logs:arn"


class LogKey(Rule):
    """A log group has an own key whose policy does not let CloudWatch Logs use it, or the role that writes to it."""

    id = "R10"
    severity = Severity.DEPLOY
    statement = (
        "A log group has an own key, and the key's policy does not let the Region's CloudWatch Logs use it; as a "
        "warning, the role that writes the log may not use it either."
    )
    symptom = "InvalidParameterException: the log group is refused, as its key cannot be used."
    decided_by = (
        "KmsKeyId of the log group, KeyPolicy of the key; for the warning the policies of the roles that write. Since "
        "when AWS asks for the second, no page says."
    )
    fix = (
        "Allow logs.<region>.amazonaws.com kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey* and "
        "kms:Describe* in the policy of {the key}."
    )
    source = "CloudWatch Logs user guide, Encrypt log data in CloudWatch Logs using AWS KMS"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the keys of log groups, and at who writes."""
        for group in context.graph.resources(_LOG_GROUP):
            key = key_of(context.graph, group.get("KmsKeyId"))
            if key is not None and not isinstance(key, Unknown):
                yield from self._service(context, group, key)
        yield from self._writers(context)

    def _service(self, context: Context, group: Resource, key: Resource) -> Iterator[Finding]:
        said = {_CONTEXT: _arn(context.graph, group)}
        for actions, severity in ((_ENCRYPTS, Severity.DEPLOY), (_ALSO_ASKED_FOR, Severity.WARNING)):
            links = context.authority.key_serves(key, actions, "logs", context=said)
            broken = [link for link in links if link.verdict is Verdict.FAIL]
            if broken:
                yield self.finding(
                    key.where,
                    f"{group.logical_id} is encrypted with {key.logical_id}: {_texts(broken)}",
                    launch_sites=_writers_to(context, group),
                    severity=severity,
                )
                return

    def _writers(self, context: Context) -> Iterator[Finding]:
        for proof in context.proofs:
            for found in proof.calls:
                broken = [link for link in found.evidence if link.fault in _NOT_ALLOWED]
                if found.call.purpose in _ENCRYPTION and broken:
                    yield self.finding(
                        broken[0].where[0],
                        _texts(broken),
                        launch_sites=(proof.site.where,),
                        severity=Severity.WARNING,
                        symptom="AccessDeniedException when the log is written, once AWS checks the caller.",
                        fix=f"Allow the {found.call.caller} the use of the key through logs in {{the resource}}.",
                    )


def _texts(links: list[Link]) -> str:
    return " ".join(link.text for link in links)


def _arn(graph: Graph, group: Resource) -> Text:
    """Return a log group's ARN as the encryption context has it: without what CloudFormation adds to it."""
    environment = graph.environment(group.template)
    name = graph.value(group.template, {"Ref": group.logical_id})
    place = ("arn:", environment.partition, ":logs:", environment.region, ":", environment.account)
    return text(*place, ":log-group:", name)


def _writers_to(context: Context, group: Resource) -> tuple[Where, ...]:
    """Where launches write to a log group."""
    beginning = f"{_arn(context.graph, group)}:"
    return tuple(
        proof.site.where
        for proof in context.proofs
        for found in proof.calls
        if found.call.purpose in _WRITES and str(found.call.resource).startswith(beginning)
    )
