"""What Fargate and EC2 jobs share: how a state runs them."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from constructs_ecs.capacity import CapacityShare, render_strategy
from constructs_ecs.cluster import Cluster
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.limits import MAX_NAME_LENGTH, contains_token, is_token, shown
from constructs_ecs.facts.needs import Needs, Permission
from constructs_ecs.facts.run_task import MANAGED_RULE, Pattern, run_task_permissions
from constructs_ecs.facts.task_sizes import TaskSize
from constructs_ecs.known import place_of
from constructs_ecs.network.security_groups import security_group_id
from constructs_ecs.tasks import Container, Logging, Workload


class Job(Workload, metaclass=jsii.JSIIAbstractClass):
    """What Fargate and EC2 jobs share. Make a FargateJob or an Ec2Job, and run it with RunTask.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: where the job runs; its network, exec audit and capacity are the job's too.
        containers: the containers of the task.
        size: the task's size on Fargate; None on EC2.
        shares: the capacity to run on; None to name none.
        enable_execute_command: whether containers can be opened with ECS Exec.
        logging: where output goes.
        internet: whether the containers may call any address on 443.
        family: the task definition's family; by default made of the stack's name and the construct's path.
        execution_role: an existing execution role.
        task_role: an existing task role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: Cluster,
        containers: Sequence[Container],
        size: TaskSize | None,
        shares: Sequence[CapacityShare] | None,
        enable_execute_command: bool,
        logging: Logging | None,
        internet: bool,
        family: str | None,
        execution_role: iam.IRole | None,
        task_role: iam.IRole | None,
    ) -> None:
        if family is not None:
            _take_family(family, scope, construct_id)
        super().__init__(
            scope,
            construct_id,
            kind="job",
            cluster=cluster,
            containers=containers,
            size=size,
            enable_execute_command=enable_execute_command,
            logging=logging,
            internet=internet,
            family=family,
            execution_role=execution_role,
            task_role=task_role,
        )
        self.shares = None if shares is None else tuple(shares)
        # A state names the family alone; whatever waits for the task definition starts tasks.
        self._start_when_ready(self.task.task_definition)

    def require(self, needs: Needs) -> None:
        """See to what a run of the job needs beyond the task definition: endpoints, and permissions of the task role.

        Args:
            needs: what is needed.

        Raises:
            UnreachableError: ECS061, an endpoint is needed that neither exists nor may be made.
        """
        self.cluster.network.require(needs, needed_by=self)
        self.task.task_role.allow(needs.task_role)

    def check_place(self, scope: IConstruct) -> None:
        """Check that a state can run the job: ECS and Step Functions know each other within one account and Region.

        Args:
            scope: what the state is in.

        Raises:
            ConflictError: ECS051, it is in another Stage, or known to be in another account or Region.
        """
        ours, theirs = place_of(self), place_of(scope)
        known = ((ours.account, theirs.account), (ours.region, theirs.region))
        if ours.stage is not theirs.stage or any(
            one != other and not is_token(one) and not is_token(other) for one, other in known
        ):
            raise ConflictError(
                Code.STAGES,
                f"A job and the state that runs it are in one Stage, account and Region; got stack "
                f"{ours.stack.node.path} and stack {theirs.stack.node.path}.",
                "Make both in one, or start a state machine there.",
            )

    @cached_property
    def family(self) -> str:
        """The task definition's family, whose latest revision runs."""
        return self.task.task_definition.family

    @cached_property
    def family_arn(self) -> str:
        """The ARN of the family, without a revision."""
        place = place_of(self)
        return f"arn:{place.partition}:ecs:{place.region}:{place.account}:task-definition/{self.family}"

    @cached_property
    def cluster_arn(self) -> str:
        """The ARN of the cluster that the job runs on."""
        return self.cluster.cluster.cluster_arn

    @cached_property
    def network_configuration(self) -> Mapping[str, Any]:
        """Where the task's network interface is, and which groups it has, as RunTask takes it."""
        network = self.cluster.network
        groups = (self.security_group, network.endpoint_client_security_group)
        return {
            "AwsvpcConfiguration": {
                "AssignPublicIp": "DISABLED",
                "SecurityGroups": list(map(security_group_id, groups)),
                "Subnets": [subnet.subnet_id for subnet in network.selected_task_subnets()],
            }
        }

    def permissions_to_run(self, pattern: Pattern) -> tuple[Permission, ...]:
        """What the role of a state machine may do to run the job, and nothing else.

        Args:
            pattern: what the state waits for.
        """
        place = place_of(self)
        return run_task_permissions(
            pattern,
            task_definition_arn=self.family_arn,
            cluster_arn=self.cluster_arn,
            role_arns=tuple(dict.fromkeys((self.execution_role.role_arn, self.task_role.role_arn))),
            managed_rule_arn=f"arn:{place.partition}:events:{place.region}:{place.account}:rule/{MANAGED_RULE}",
        )

    @abstractmethod
    def capacity_parameters(self, capacity: Sequence[CapacityShare] | None) -> dict[str, Any]:
        """Name the capacity to run on, as RunTask takes it: another than the job's own, or the job's own."""

    def _own_family(self) -> str:
        """A name with the stack's own in it: the newest revision is to be no other stack's of the same constructs."""
        return cdk.Names.unique_resource_name(self, max_length=MAX_NAME_LENGTH, separator="-")

    def _strategy(self, shares: Sequence[CapacityShare]) -> dict[str, Any]:
        return {
            "CapacityProviderStrategy": [
                {"CapacityProvider": each.capacity_provider, "Weight": each.weight}
                | ({} if each.base is None else {"Base": each.base})
                for each in render_strategy(shares)
            ]
        }


_FAMILIES: Final[WeakKeyDictionary[IConstruct, dict[tuple[str, ...], str]]] = WeakKeyDictionary()
"""The families of the jobs of one app or Stage, each with the path of its job."""


def _take_family(family: object, scope: IConstruct, construct_id: str) -> None:
    """Note whose a family is, unless it is another job's: its latest revision runs, whoever made it.

    Raises:
        InvalidValueError: ECS015.
    """
    if not isinstance(family, str) or contains_token(family):
        return
    place = place_of(scope)
    path = f"{scope.node.path}/{construct_id}"
    other = _FAMILIES.setdefault(place.stage, {}).setdefault((place.account, place.region, family), path)
    if other != path:
        raise InvalidValueError(
            Code.FAMILY,
            f"A job runs the latest revision of its family, so no two have one; {other} has {shown(family)}.",
            "Leave family out, or give another one.",
        )
