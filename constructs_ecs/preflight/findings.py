"""Verdicts and evidence: what the preflight answers, as values."""

from dataclasses import dataclass, field
from enum import Enum

from constructs_ecs.preflight.values import Ternary


class Verdict(Enum):
    """What is proven."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    OFF = "OFF"
    """Not asked for: ECS Exec where it is not enabled."""

    @staticmethod
    def of(answer: Ternary) -> "Verdict":
        """The verdict on a question that has to be answered with yes."""
        return {Ternary.YES: Verdict.PASS, Ternary.NO: Verdict.FAIL}.get(answer, Verdict.UNKNOWN)


class Severity(Enum):
    """What a broken rule means for a task; the values are the facts' letters spelled out."""

    START = "start"
    """The task does not start (E)."""
    EXEC = "exec"
    """ECS Exec does not work (X)."""
    DEPLOY = "deploy"
    """CloudFormation or ECS refuses the resource (D)."""
    WARNING = "warning"
    """It may fail, under conditions that the templates do not show (W)."""
    NOTE = "note"
    """Worth knowing (N)."""


@dataclass(frozen=True)
class Where:
    """A place in the templates.

    Args:
        template: the template's name.
        logical_id: the resource.
        property_path: keys and indexes below the resource's ``Properties``; empty for the resource.
    """

    template: str
    logical_id: str
    property_path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.property_path)
        return f"{self.template}#{self.logical_id}{path}"


class LinkKind(Enum):
    """Which part of a proof a link is, in the order of the chain."""

    NAME = "name"
    ENDPOINT = "endpoint"
    ROUTE = "route"
    SECURITY_GROUP = "security group"
    NETWORK_ACL = "network ACL"
    ENDPOINT_POLICY = "endpoint policy"
    IDENTITY_POLICY = "identity policy"
    RESOURCE_POLICY = "resource policy"
    KEY_POLICY = "key policy"
    TRUST = "trust"


class Fault(Enum):
    """Why a link is broken, so that a rule can tell which of them it explains."""

    NO_ENDPOINT = "no endpoint"
    NO_PRIVATE_DNS = "private DNS off"
    NO_VPC_DNS = "DNS off in the VPC"
    NO_ROUTE = "no route"
    NO_GATEWAY_ROUTE = "route table without the gateway endpoint"
    NO_PUBLIC_IP = "no public address behind an internet gateway"
    NAT_UNUSABLE = "NAT gateway without a way out"
    INGRESS_CLOSED = "endpoint's security group closed to the client"
    EGRESS_CLOSED = "client's security group closed to the target"
    PREFIX_LIST_CLOSED = "client's security group closed to S3"
    ACL_CLOSED = "network ACL closed"
    ENDPOINT_POLICY = "endpoint policy does not allow"
    NO_ROLE = "no role"
    NOT_ALLOWED = "no policy of the role allows"
    DENIED = "a policy denies"
    RESOURCE_POLICY = "the resource's policy does not allow"
    KEY_POLICY = "the key's policy does not allow"
    TRUST = "the role's trust policy does not admit the caller"
    UNSERVED_HOST = "no endpoint serves the host"
    NO_MOUNT_TARGET = "no mount target in the VPC"


@dataclass(frozen=True)
class Link:
    """One link of a proof: a question, its answer, and what shows it.

    Args:
        kind: which part of the proof.
        verdict: whether it holds.
        text: what was found, in a sentence.
        where: the resources that show it, the decisive one first.
        fault: why it is broken.
        explanation: the code that VPC Reachability Analyzer gives for this, where there is one.
    """

    kind: LinkKind
    verdict: Verdict
    text: str
    where: tuple[Where, ...] = ()
    fault: Fault | None = None
    explanation: str | None = None


@dataclass(frozen=True)
class Finding:
    """A rule that is broken at a launch site or resource.

    Args:
        rule: the rule's id.
        severity: what it means.
        verdict: FAIL, or UNKNOWN where the templates do not decide.
        where: the resource to change, or the one that shows the fault.
        launch_sites: the launch sites that it stops or endangers.
        message: what is wrong here, in a sentence.
        symptom: what the user would see on AWS.
        fix: what to do, in a sentence that names the resource.
        source: the page or document that the rule rests on.
        assignment: the condition values under which it is broken, when not under all.
    """

    rule: str
    severity: Severity
    verdict: Verdict
    where: Where
    message: str
    symptom: str
    fix: str
    source: str
    launch_sites: tuple[Where, ...] = ()
    assignment: tuple[tuple[str, bool], ...] = field(default=())
