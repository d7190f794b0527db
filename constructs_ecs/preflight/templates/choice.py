"""One feasible assignment of conditions, and the parameter values that lead to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from constructs_ecs.preflight.values import Symbol, Ternary


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One feasible assignment.

    Args:
        parameters: symbol of a parameter, or of a pseudo parameter -> its value here, instead of its default.
        conditions: template and condition -> whether it holds.
        varying: the conditions that other assignments have otherwise, as ``Template#Condition`` -> whether it holds.
        notes: what of the conditions stays open, and why.
        leave_open: resolve no default: what conditions may be is asked of all values that a parameter can have.
    """

    parameters: Mapping[Symbol, Any] = field(default_factory=dict)
    conditions: Mapping[tuple[str, str], Ternary] = field(default_factory=dict)
    varying: tuple[tuple[str, bool], ...] = ()
    notes: tuple[str, ...] = ()
    leave_open: bool = False

    def holds(self, template: str, condition: str) -> Ternary:
        """Whether a condition holds; unknown also for one that is not there."""
        return self.conditions.get((template, condition), Ternary.UNKNOWN)
