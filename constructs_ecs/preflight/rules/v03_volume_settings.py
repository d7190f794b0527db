"""V03: a volume in Amazon EFS with settings that do not go together, or that the task role is not let into."""

from collections.abc import Iterator

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Finding, Severity
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.permission_rule import PermissionRule
from constructs_ecs.preflight.task_definition import EfsVolume, TaskDefinition
from constructs_ecs.preflight.values import Ternary

_REFUSED = "ClientException: the task definition is refused when it is registered."


class VolumeSettings(PermissionRule):
    """A volume's encryption, root directory, access point and IAM do not go together, or IAM does not let it in."""

    id = "V03"
    severity = Severity.START
    purposes = frozenset({Purpose.AUTHORIZE_EFS})
    statement = (
        "A volume in Amazon EFS uses IAM or an access point without encryption in transit, a root directory with an "
        "access point, or IAM without a task role that may mount the file system."
    )
    symptom = (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: mount.nfs4: access "
        "denied by server."
    )
    decided_by = (
        "EFSVolumeConfiguration, TaskRoleArn, all policies of the task role, and FileSystemPolicy, without which a "
        "file system lets in whoever reaches it."
    )
    fix = "Allow elasticfilesystem:ClientMount and, to write, ClientWrite on the file system in a policy of {the role}."
    source = "ECS developer guide, Specify an Amazon EFS file system in a task definition; Using IAM with Amazon EFS"

    def explains(self, failure: Failure, context: Context) -> bool:
        """Without a task role it is not the start but the task definition that fails."""
        if failure.link.fault is Fault.NO_ROLE:
            context.explained.add(id(failure.proof))
            return False
        return super().explains(failure, context)

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at mounts that are not allowed, then at the volumes themselves."""
        yield from super().check(context)
        for task in context.task_definitions:
            for volume in task.volumes:
                yield from self._settings(context, task, volume)

    def _settings(self, context: Context, task: TaskDefinition, volume: EfsVolume) -> Iterator[Finding]:
        name, sites = volume.name, context.launch_sites_of(task.resource)
        for message, fix, symptom in _contradictions(task, volume):
            yield self.finding(
                volume.where,
                f"The volume {name} {message}.",
                launch_sites=sites,
                severity=Severity.DEPLOY,
                symptom=symptom,
                fix=fix,
            )
        directory = volume.root_directory
        if volume.access_point is None and isinstance(directory, str) and directory.strip("/"):
            yield self.finding(
                volume.where,
                f"The volume {name} mounts {directory}, which has to be in the file system already.",
                launch_sites=sites,
                severity=Severity.WARNING,
                symptom=f"The mount fails: {directory}: No such file or directory.",
                fix="Use an access point, which creates its directory, in {the task definition}, or create it first.",
            )


def _contradictions(task: TaskDefinition, volume: EfsVolume) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a volume, the fix, and what the user sees."""
    guarded = "IAM" if volume.iam is Ternary.YES else "an access point" if volume.access_point is not None else None
    if guarded is not None and volume.transit_encryption is Ternary.NO:
        fix = "Set TransitEncryption to ENABLED for the volume in {the task definition}."
        yield f"uses {guarded} without encryption in transit", fix, _REFUSED
    directory = volume.root_directory
    if volume.access_point is not None and isinstance(directory, str) and directory != "/":
        fix = "Take RootDirectory from the volume in {the task definition}: the access point has one."
        yield f"has the root directory {directory} beside an access point", fix, _REFUSED
    if volume.iam is Ternary.YES and task.task_role is None:
        fix = "Give {the task definition} a TaskRoleArn whose role may mount the file system."
        yield "uses IAM, and the task has no role", fix, "ClientException: EFS IAM authorization requires a task role."
