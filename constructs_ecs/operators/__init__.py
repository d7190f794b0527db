"""For operators and auditors: who may open containers with ECS Exec, and who did."""

from constructs_ecs.operators.events import ExecEvents
from constructs_ecs.operators.policies import ExecPolicy, exec_policy_document
from constructs_ecs.operators.policy_clusters import NamedCluster
from constructs_ecs.operators.policy_rules import (
    AllowExec,
    AllowLaunchWithoutExec,
    DenyExec,
    DenyLaunchWithExec,
    DenyStartSession,
    ExecRule,
)

__all__ = [
    "AllowExec",
    "AllowLaunchWithoutExec",
    "DenyExec",
    "DenyLaunchWithExec",
    "DenyStartSession",
    "ExecEvents",
    "ExecPolicy",
    "ExecRule",
    "NamedCluster",
    "exec_policy_document",
]
