"""ECS Exec under audit: where sessions are recorded, and with which key they are encrypted."""

from constructs_ecs.exec.audit import ExecAudit, ExecLogging

__all__ = ["ExecAudit", "ExecLogging"]
