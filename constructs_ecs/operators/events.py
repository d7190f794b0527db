"""Every ECS Exec is seen: CloudTrail's record of ``ExecuteCommand``, in a log group and, when given, told to a topic.

Sources: EventBridge user guide, "AWS service events delivered via AWS CloudTrail", "Using resource-based policies",
"Comparison operators" and "Troubleshooting"; EventBridge events reference, "Amazon ECS events".
"""

from typing import Any, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.cluster import Cluster
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.limits import check_kind, check_removal_policy, is_token
from constructs_ecs.lacking import allow_in_key_policy, say_what_is_lacking
from constructs_ecs.logs import log_group
from constructs_ecs.operators.policy_clusters import locate

_EVENTS: Final = "events.amazonaws.com"
_WRITERS: Final = (_EVENTS, "delivery.logs.amazonaws.com")


class ExecEvents(Construct):
    """Records each call of ``ExecuteCommand``, also one that was refused, and tells a topic of it.

    EventBridge has these events only where a trail of CloudTrail records the Region's management events; this
    construct makes none, as a trail is the account's. An account takes ten resource policies of CloudWatch Logs in a
    Region, of which this is one: one construct for the whole account is enough for all clusters.

    What does not reach the topic within a day is dropped, and counted by the rule's metric ``FailedInvocations``; there
    is no queue for it, because the record is in the log group and in the trail.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: whose sessions are recorded, in the account and Region of this construct; by default every cluster's
            there. An attempt that failed and whose record names no cluster counts as one on this cluster.
        topic: is told who opened what from where, in one sentence; none by default. EventBridge gets permission to
            publish and to use the topic's key, without conditions, which it does not support there. What an imported
            topic or key lacks is a warning at synthesis; the key of an imported topic is seen only where it is named.
            The AWS managed key ``alias/aws/sns`` does not work.
        retention_days: how long records are kept; one of the periods that CloudWatch Logs offers.
        encryption_key: encrypts the records; its policy then lets CloudWatch Logs use it for log groups of this
            account and Region. By default CloudWatch Logs encrypts with a key of its own.
        removal_policy: the log group and its records survive the stack by default.

    Raises:
        InvalidValueError: ECS018, the retention is not on offer; ECS030, `cluster`, `topic`, `encryption_key` or
            `removal_policy` is none, or the topic is a FIFO topic.
        ConflictError: ECS039, the cluster is known to be in another account or Region, whose events are not seen here.
    """

    log_group: logs.LogGroup
    """Where CloudTrail's records are, each whole, in EventBridge's envelope."""
    rule: events.Rule
    """What matches the records; add targets of your own to it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: Cluster | None = None,
        topic: sns.ITopic | None = None,
        retention_days: int = 365,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        if cluster is not None:
            check_kind(cluster, Cluster, code=Code.SETTING, name="cluster")
            _check_place(cluster, cdk.Stack.of(scope))
        check_cdk(topic, CdkType.TOPIC, name="topic", optional=True)
        check_cdk(encryption_key, CdkType.KEY_OR_ALIAS, name="encryption_key", optional=True)
        _check_standard(topic)
        check_removal_policy(removal_policy)
        super().__init__(scope, construct_id)
        self.log_group = self._new_log_group(retention_days, encryption_key, removal_policy)
        self.rule = events.Rule(
            self,
            "Rule",
            description="Every ExecuteCommand of ECS, as CloudTrail records it.",
            event_pattern=_pattern(cluster),
            targets=[_Target(_target_arn(self.log_group))],
        )
        self._let_events_write()
        if topic is not None:
            self._tell(topic)

    def _new_log_group(
        self, retention_days: int, encryption_key: kms.IKey | None, removal_policy: cdk.RemovalPolicy
    ) -> logs.LogGroup:
        group = log_group(
            self,
            "LogGroup",
            retention_days=retention_days,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        if encryption_key is None:
            acknowledge(
                group,
                "The records tell who opened which container with which command, but nothing of what a session showed, "
                "and CloudTrail takes the session's token out. CloudWatch Logs encrypts them with a key of its own; "
                "a construct that is given an encryption_key uses that.",
                "NIST.800.53.R5-CloudWatchLogGroupEncrypted",
                "HIPAA.Security-CloudWatchLogGroupEncrypted",
                "PCI.DSS.321-CloudWatchLogGroupEncrypted",
            )
        return group

    def _let_events_write(self) -> None:
        """Let EventBridge write for this rule into this group.

        Not the CDK's target for log groups, which makes this policy with a Lambda function. As the policy names the
        rule, it comes a moment after it: records begin when both are there. Streams are made without telling for which
        rule, so that statement has no condition.

        Source: EventBridge user guide, "Using resource-based policies", CloudWatch Logs permissions.
        """
        writers, streams = {"Service": list(_WRITERS)}, self.log_group.log_group_arn
        statements = [
            {
                "Sid": "CreateStreams",
                "Effect": "Allow",
                "Principal": writers,
                "Action": "logs:CreateLogStream",
                "Resource": streams,
            },
            {
                "Sid": "WriteEvents",
                "Effect": "Allow",
                "Principal": writers,
                "Action": "logs:PutLogEvents",
                "Resource": streams,
                "Condition": {"ArnEquals": {"aws:SourceArn": self.rule.rule_arn}},
            },
        ]
        logs.CfnResourcePolicy(
            self,
            "LogGroupPolicy",
            policy_name=self.log_group.log_group_name,  # which is unique in the account and Region
            policy_document=cdk.Stack.of(self).to_json_string({"Version": "2012-10-17", "Statement": statements}),
        )

    def _tell(self, topic: sns.ITopic) -> None:
        # Not the CDK's target for topics: what its grant says to the topic's key depends on the CDK's version.
        self.rule.add_target(_Target(topic.topic_arn, _sentence(self.log_group)))
        statement = iam.PolicyStatement(
            sid="EventBridge",
            principals=[iam.ServicePrincipal(_EVENTS)],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
        )
        result = topic.add_to_resource_policy(statement)
        if not result.statement_added:
            say_what_is_lacking(self, "constructs-ecs:imported-topic", topic, statement)
        elif result.policy_dependable is not None:
            self.rule.node.add_dependency(result.policy_dependable)
        if topic.master_key is not None:
            self._let_events_use(topic.master_key)

    def _let_events_use(self, key: kms.IKey) -> None:
        """Let EventBridge publish to a topic that a key encrypts. Source: EventBridge user guide, "Troubleshooting"."""
        statement = iam.PolicyStatement(
            sid="EventBridge",
            principals=[iam.ServicePrincipal(_EVENTS)],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],  # in a key's policy: this key
        )
        allow_in_key_policy(key, statement)


@jsii.implements(events.IRuleTarget)
class _Target:
    """A target that EventBridge may use by the target's own policy."""

    def __init__(self, arn: str, message: events.RuleTargetInput | None = None) -> None:
        self._config = events.RuleTargetConfig(arn=arn, input=message)

    def bind(self, rule: object, id: str | None = None) -> events.RuleTargetConfig:  # noqa: A002, ARG002 - the CDK's
        return self._config


def _check_place(cluster: Cluster, stack: cdk.Stack) -> None:
    location = locate(cluster, stack)
    places = ((location.account, stack.account), (location.region, stack.region))
    if any(one != other and not is_token(one) and not is_token(other) for one, other in places):
        raise ConflictError(
            Code.EXEC_ACCESS,
            f"EventBridge sees the events of its own account and Region; {cluster.node.path} is in {location.account}, "
            f"{location.region}, and {stack.node.path} in {stack.account}, {stack.region}.",
            "Make ExecEvents in a stack for the cluster's account and Region.",
        )


def _check_standard(topic: sns.ITopic | None) -> None:
    """Source: EventBridge user guide, "Event bus targets": FIFO topics are none."""
    if topic is not None and topic.fifo is True:
        raise InvalidValueError(
            Code.SETTING,
            f"topic is a standard topic, since EventBridge publishes to no FIFO topic; got {topic.node.path}.",
            "Give a standard topic.",
        )


def _target_arn(group: logs.LogGroup) -> str:
    """A log group's ARN as a rule takes it, without the asterisk at the end."""
    return cdk.Stack.of(group).format_arn(
        service="logs",
        resource="log-group",
        resource_name=group.log_group_name,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )


def _pattern(cluster: Cluster | None) -> events.EventPattern:
    detail: dict[str, Any] = {"eventSource": ["ecs.amazonaws.com"], "eventName": ["ExecuteCommand"]}
    if cluster is not None:
        detail["$or"] = _of_cluster(cluster)
    return events.EventPattern(source=["aws.ecs"], detail_type=["AWS API Call via CloudTrail"], detail=detail)


def _of_cluster(cluster: Cluster) -> list[dict[str, Any]]:
    """The records of one cluster.

    The caller names it as it likes, or not at all, which means the cluster "default"; of a session that was opened the
    answer tells the ARN. A refusal may be recorded without any parameters.
    """
    name, arn = cluster.cluster.cluster_name, cluster.cluster.cluster_arn
    missing = [{"exists": False}]
    return [
        {"requestParameters": {"cluster": [name, arn]}},
        {"responseElements": {"clusterArn": [arn]}},
        {"requestParameters": {"cluster": missing}, "responseElements": {"clusterArn": missing}},
    ]


def _sentence(group: logs.LogGroup) -> events.RuleTargetInput:
    """Who opened what, from where and when.

    EventBridge does not escape what it fills in, and leaves out what the record has not. So of what a caller may word,
    this has the session name at the end of an assumed role's ARN alone, in which STS takes letters, digits and
    ``_+=,.@-``: neither the command nor the names in a request that ECS refused.

    Source: EventBridge user guide, "Input transformation".
    """
    field = events.EventField.from_path
    return events.RuleTargetInput.from_text(
        f"ECS Exec: {field('$.detail.userIdentity.arn')} called ExecuteCommand from {field('$.detail.sourceIPAddress')}"
        f" at {field('$.detail.eventTime')}. Task: {field('$.detail.responseElements.taskArn')}, container: "
        f"{field('$.detail.responseElements.containerName')}, error: {field('$.detail.errorCode')} (a refused call has "
        f"an error and no task). The whole record, also the command, is event {field('$.detail.eventID')} in log group "
        f"{group.log_group_name}, account {field('$.account')}, Region {field('$.region')}."
    )
