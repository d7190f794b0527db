"""How a load balancer tells whether a task is healthy, as a value."""

from dataclasses import dataclass

from constructs_ecs.facts.load_balancing import check_target_health_check


@dataclass(frozen=True, kw_only=True)
class TargetHealthCheck:
    """How a load balancer tells whether a task is healthy: HTTP requests to the port that it serves.

    A task that is unhealthy gets no requests, and ECS replaces it. By default a new task is healthy after two answers,
    and a failing one is found in about half a minute.

    Args:
        path: what is requested.
        healthy_codes: the status codes of a healthy answer, from 200 to 499: one, several with commas, or a range.
        interval_seconds: time between two checks of a task.
        timeout_seconds: time after which a check has failed; less than the interval.
        healthy_threshold: answers in a row after which a task is healthy.
        unhealthy_threshold: failures in a row after which it is not.

    Raises:
        InvalidValueError: ECS038, a value is outside of what Elastic Load Balancing takes, or the timeout is not
            shorter than the interval.
    """

    path: str = "/"
    healthy_codes: str = "200"
    interval_seconds: int = 10
    timeout_seconds: int = 5
    healthy_threshold: int = 2
    unhealthy_threshold: int = 3

    def __post_init__(self) -> None:
        check_target_health_check(
            path=self.path,
            healthy_codes=self.healthy_codes,
            interval_seconds=self.interval_seconds,
            timeout_seconds=self.timeout_seconds,
            healthy_threshold=self.healthy_threshold,
            unhealthy_threshold=self.unhealthy_threshold,
        )
