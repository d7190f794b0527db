"""How a service replaces its tasks, as a value."""

from dataclasses import dataclass

from aws_cdk import aws_ecs as ecs

from constructs_ecs.facts.limits import check_healthy_percent


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """How a service replaces its tasks.

    Args:
        minimum_healthy_percent: how many of the desired tasks run at least while tasks are replaced; by default all.
        maximum_healthy_percent: how many run at most; by default twice as many.
        circuit_breaker: whether a deployment whose tasks do not start is ended, instead of tried for hours.
        rollback: whether the circuit breaker goes back to the last version that worked.

    Raises:
        InvalidValueError: ECS025, the percentages leave no room to replace a task.
    """

    minimum_healthy_percent: int = 100
    maximum_healthy_percent: int = 200
    circuit_breaker: bool = True
    rollback: bool = True

    def __post_init__(self) -> None:
        check_healthy_percent(self.minimum_healthy_percent, self.maximum_healthy_percent)

    @property
    def cdk_circuit_breaker(self) -> ecs.DeploymentCircuitBreaker:
        """The circuit breaker as the CDK takes it."""
        return ecs.DeploymentCircuitBreaker(
            enable=self.circuit_breaker, rollback=self.circuit_breaker and self.rollback
        )
