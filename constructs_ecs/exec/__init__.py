"""ECS Exec under audit: where sessions are recorded, and with which key they are encrypted."""

from constructs_ecs.exec.audit import ExecAudit
from constructs_ecs.exec.configuration import ExecConfiguration, ExecLogging, UnknownExec

__all__ = ["ExecAudit", "ExecConfiguration", "ExecLogging", "UnknownExec"]
