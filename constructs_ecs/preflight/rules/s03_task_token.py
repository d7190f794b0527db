"""S03: a state that waits for a report which cannot come."""

import re
from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Finding, Severity, Verdict, Where
from constructs_ecs.preflight.rules.base import Context
from constructs_ecs.preflight.rules.nested import texts
from constructs_ecs.preflight.rules.permission_rule import ROLE_FAULTS, CallNeeds
from constructs_ecs.preflight.values import is_known

_WHOLE_CONTEXT: Final = re.compile(
    r"\$\$(?!\.)|\$\$\.Task(?!\.)|\$states(?!\.)|\$states\.context(?!\.)|\$states\.context\.Task(?!\.)"
)
"""Ways to pass the token along with the object that it is in."""
_LATER: Final = "States.HeartbeatTimeout or States.Timeout: the state does not hear of a task that fails or takes long."


class TaskToken(CallNeeds):
    """A state waits for the task to report, and the task has no token, no permission or no way to do so."""

    id = "S03"
    severity = Severity.START
    purposes = frozenset({Purpose.REPORT_TO_STEP_FUNCTIONS})
    endpoint = "an interface endpoint for states with private DNS"
    statement = (
        "A state with .waitForTaskToken does not pass the task token, or the task role is not allowed "
        "states:SendTaskSuccess and SendTaskFailure, or the task has no way to Step Functions."
    )
    symptom = "States.Timeout: the state waits until it times out, as nothing reports the task's end."
    decided_by = (
        "Resource and Parameters or Arguments of the state, the task role's policies, the VPC's endpoint for states. "
        "A state whose data is not known in full, or passes the whole context object, is given the benefit of doubt."
    )
    fix = "Pass $$.Task.Token, in JSONata $states.context.Task.Token, to a container in {the state machine}."
    source = "Step Functions developer guide, Wait for a callback with the task token"

    def check(self, context: Context) -> Iterator[Finding]:
        """Explain the calls that fail, and look for the token."""
        yield from super().check(context)
        yield from self._later(context)
        for proof in context.proofs:
            site = proof.site
            state = site.state
            if state is None or site.launcher is None or not site.launcher.token or state.passes_token:
                continue
            if is_known(dict(state.state)) and not any(map(_WHOLE_CONTEXT.search, texts(state.state))):
                yield self.finding(
                    site.where,
                    f"State {state.name} waits for a task token that it does not give to the task.",
                    launch_sites=(site.where,),
                )

    def _later(self, context: Context) -> Iterator[Finding]:
        """Warn of what a task reports only if it fails, or takes its time."""
        found: dict[tuple[Where, tuple[str, ...]], list[Where]] = {}
        for proof in context.proofs:
            reports = [call for call in proof.calls if call.call.purpose in self.purposes]
            if any(call.verdict is Verdict.FAIL for call in reports):
                continue  # It cannot report at all.
            for call in reports:
                for link in call.evidence:
                    if call.call.advisory is not None and link.fault in ROLE_FAULTS and link.where:
                        found.setdefault((link.where[0], call.call.actions), []).append(proof.site.where)
        for (where, actions), sites in found.items():
            yield self.finding(
                where,
                f"The task may not report with {', '.join(actions)}.",
                launch_sites=sites,
                severity=Severity.WARNING,
                symptom=_LATER,
                fix=f"Allow {', '.join(actions)} in a policy of {{the role}}.",
            )
