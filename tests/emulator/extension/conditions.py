"""CloudFormation's conditions, in which MiniStack does not know the pseudo parameters."""

import sys
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import engine

_evaluate = engine._evaluate_conditions


def _with_pseudo_parameters(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, bool]:
    pseudo = {"AccountId": get_account_id(), "Partition": "aws", "Region": get_region(), "URLSuffix": "amazonaws.com"}
    known = {f"AWS::{name}": {"Value": value} for name, value in pseudo.items()}
    conditions: dict[str, bool] = _evaluate(template, {**known, **parameters})
    return conditions


def install() -> None:
    """Put it into every module of MiniStack's that has imported the function."""
    for name, module in list(sys.modules.items()):
        if name.startswith("ministack.services.cloudformation") and hasattr(module, _evaluate.__name__):
            setattr(module, _evaluate.__name__, _with_pseudo_parameters)
