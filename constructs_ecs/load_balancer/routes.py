"""Which priorities of a listener are taken, as far as one app knows."""

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.limits import is_token
from constructs_ecs.facts.load_balancing import LOWEST_PRIORITY, check_priority


class Routes:
    """The priorities of a listener's rules; CloudFormation would find one that is there twice at deployment."""

    def __init__(self) -> None:
        self._claimed: dict[int, str] = {}

    def claim(self, priority: int | None, *, conditional: bool, claimed_by: str) -> int:
        """Take a priority for a rule.

        Args:
            priority: the rule's; none for the rule that takes what no other does.
            conditional: whether the rule is for some requests only.
            claimed_by: whose rule it is, for the message.

        Raises:
            InvalidValueError: ECS038, it is missing, out of range, or given for the rule of all requests.
            ConflictError: ECS050, it is taken.
        """
        if not conditional:
            return self._claim_rest(priority, claimed_by)
        if priority is None:
            raise InvalidValueError(
                Code.LOAD_BALANCER,
                f"A rule for a host or a path has a priority, which no other rule has; {claimed_by} has none.",
                "Give priority=, unique among all stacks that share the load balancer.",
            )
        check_priority(priority)
        taken = None if is_token(priority) else self._claimed.get(priority)
        if taken is not None:
            raise ConflictError(
                Code.LOAD_BALANCER_CHOICE,
                f"A priority is one rule's alone; {priority} is {taken}'s, and was given for {claimed_by}.",
                "Use another priority.",
            )
        return self._take(priority, claimed_by)

    def _claim_rest(self, priority: int | None, claimed_by: str) -> int:
        if priority is not None:
            raise InvalidValueError(
                Code.LOAD_BALANCER,
                f"What no other rule takes comes last; {claimed_by} has no host, no path, and a priority.",
                "Leave priority out, or give path='/*' for a rule that takes everything before others.",
            )
        taken = self._claimed.get(LOWEST_PRIORITY)
        if taken is not None:
            raise ConflictError(
                Code.LOAD_BALANCER_CHOICE,
                f"One service gets what no other rule takes, at priority {LOWEST_PRIORITY}; it is {taken}, and was to "
                f"be {claimed_by}.",
                "Give one of the two a host or a path.",
            )
        return self._take(LOWEST_PRIORITY, claimed_by)

    def _take(self, priority: int, claimed_by: str) -> int:
        self._claimed[priority] = claimed_by
        return priority
