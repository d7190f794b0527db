"""What a call is: who asks what of which service, from where, so that a task starts or can be exec'd into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology import Destination, NetworkInterface
from constructs_ecs.preflight.values import Text, Unknown


class Purpose(Enum):
    """What a call is for."""

    ASSUME_ROLE = "assume the role"
    LAUNCH = "start the task"
    PASS_ROLE = "pass the role to the task"  # noqa: S105 - a purpose
    FOLLOW_TASK = "follow the task to its end"
    REGISTER_INSTANCE = "register the instance"
    ECR_TOKEN = "get a token of Amazon ECR"  # noqa: S105 - a purpose
    PULL_IMAGE = "pull the image"
    PULL_LAYERS = "pull the image's layers"
    IMPORT_IMAGE = "import the image into the pull-through cache"
    PULL_FROM_REGISTRY = "pull the image from its registry"
    READ_REGISTRY_CREDENTIALS = "read the registry's credentials"
    READ_SECRET = "read the secret"  # noqa: S105 - a purpose
    READ_PARAMETER = "read the parameter"
    DECRYPT_SECRET = "decrypt the secret"  # noqa: S105 - a purpose
    READ_FILE = "read the configuration file"
    DECRYPT_FILE = "decrypt the configuration file"
    CREATE_LOG_GROUP = "create the log group"
    WRITE_LOGS = "write the log"
    ENCRYPT_LOGS = "encrypt the log"
    ROUTE_LOGS = "send the log to its destination"
    MOUNT_EFS = "mount the file system"
    AUTHORIZE_EFS = "be let into the file system"
    MANAGE_PROXY = "manage the Service Connect proxy"
    OPEN_EXEC_CHANNEL = "open the exec channels"
    DECRYPT_EXEC_SESSION = "decrypt the exec session"
    WRITE_EXEC_LOG = "write the exec log"
    ENCRYPT_EXEC_LOG = "encrypt the exec log"
    WRITE_EXEC_OBJECT = "write the exec log to the bucket"
    ENCRYPT_EXEC_OBJECT = "encrypt the exec log in the bucket"
    REPORT_TO_STEP_FUNCTIONS = "report to Step Functions"


START = "start"
EXEC = "exec"
RUN = "run"
"""The stage of what a running task needs, and what ECS Exec needs to leave a record where it works without."""


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """The use of an own key by the service that is called, on behalf of the role.

    Args:
        key: the key, if the templates have it.
        service: the service that calls AWS KMS, ``secretsmanager``; none where the caller calls it itself.
    """

    key: Resource | Unknown
    service: str | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that a launch site must make.

    Args:
        purpose: what it is for.
        stage: what fails without it: ``start``, ``exec``, or neither of them: ``run``.
        caller: who makes it, in words.
        role: what it is made with; None if the caller has no role.
        or_role: a role that may be used instead, where ECS decides which of the two.
        needs_role: whether the call is signed with a role at all; layers, for one, come by URLs that ECR has signed.
        actions: the IAM actions, all on the resource.
        resource: the ARN or the host.
        context: condition keys that are known of the request.
        owner: the resource whose own policy has a say: a secret, repository, bucket, file system.
        key: the own key that the call uses.
        destination: what is called over the network; None if nothing, unknown with the reason.
        interface: where from; None if from outside of the VPC.
        service: the principal that assumes the role, for :attr:`Purpose.ASSUME_ROLE`.
        source: for what that service assumes it, as an ARN.
        missing: what would have to be there to be called, and is not.
        advisory: why a failure of this call does not prove that the launch fails; it is then unknown.
        where: the property that asks for the call.
        container: the container that it is made for.
    """

    purpose: Purpose
    stage: str = START
    caller: str
    role: Resource | Unknown | None = None
    or_role: Resource | Unknown | None = None
    needs_role: bool = True
    actions: tuple[str, ...]
    resource: Text
    context: Mapping[str, Any] = field(default_factory=dict, hash=False)
    owner: Resource | None = None
    key: KeyUse | None = None
    destination: Destination | Unknown | None = None
    interface: NetworkInterface | Unknown | None = None
    service: str | None = None
    source: Text | None = None
    missing: str | None = None
    advisory: str | None = None
    where: Where
    container: str | None = None
