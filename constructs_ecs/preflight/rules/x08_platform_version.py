"""X08: a platform version that is too old for ECS Exec."""

import re
from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites import Capacity, LaunchSite
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.task_definition import below
from constructs_ecs.preflight.values import Ternary, Unknown

_VERSION: Final = re.compile(r"\d{1,4}(\.\d{1,4})*", re.ASCII)
_LINUX: Final = (1, 4, 0)
_WINDOWS: Final = (1, 0, 0)


class PlatformVersion(Rule):
    """ECS Exec is on, with a platform version of Fargate that does not have it."""

    id = "X08"
    severity = Severity.EXEC
    statement = "ECS Exec is on with a platform version of Fargate before 1.4.0, on Windows before 1.0.0."
    symptom = "The service or task is refused: ECS Exec is not supported with its platform version."
    decided_by = "PlatformVersion of the launch. The version of the agent on EC2, 1.50.2 or later, is in no template."
    fix = "Set PlatformVersion of {the launch} to LATEST, or leave it out."
    source = "ECS developer guide, ECS Exec; aws-containers/amazon-ecs-exec-checker"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the launches on Fargate with ECS Exec."""
        for proof in context.proofs:
            site = proof.site
            if site.exec_enabled is not Ternary.YES or site.capacity is not Capacity.FARGATE:
                continue
            version, needed = _version(site), _needed(site)
            if version is not None and needed is not None and version < needed:
                spelled = ".".join(map(str, needed))
                yield self.finding(
                    below(site.where, "PlatformVersion"),
                    f"ECS Exec needs platform version {spelled}; this is {site.platform_version}.",
                    launch_sites=(site.where,),
                )


def _version(site: LaunchSite) -> tuple[int, ...] | None:
    written = site.platform_version
    if not isinstance(written, str) or _VERSION.fullmatch(written) is None:
        return None
    return tuple(map(int, written.split(".")))


def _needed(site: LaunchSite) -> tuple[int, ...] | None:
    task = site.task_definition
    family = (
        task if isinstance(task, Unknown) else task.get("RuntimePlatform", "OperatingSystemFamily", default="LINUX")
    )
    if not isinstance(family, str):
        return None
    return _WINDOWS if family.upper().startswith("WINDOWS") else _LINUX
