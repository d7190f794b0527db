"""B04: a load balancer that cannot write its access logs."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_ecs.facts.load_balancing import LOG_DELIVERY_SERVICE
from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.iam.evaluator import evaluate
from constructs_ecs.preflight.iam.policies import Policies
from constructs_ecs.preflight.iam.requests import Requests
from constructs_ecs.preflight.launch_sites.reading import as_text, items, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.load_balancing import APPLICATION, LOAD_BALANCER, behind, kind_of
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Ternary, Text, Unknown, boolean, text

_LOGS: Final = "access_logs.s3."
_ENCRYPTION: Final = ("BucketEncryption", "ServerSideEncryptionConfiguration", 0, "ServerSideEncryptionByDefault")
_DELIVERY: Final = "logdelivery."
_KMS: Final = ("aws:kms", "aws:kms:dsse")


class AccessLogs(Rule):
    """The bucket for an Application Load Balancer's access logs does not take them."""

    id = "B04"
    severity = Severity.DEPLOY
    statement = (
        "The bucket for an Application Load Balancer's access logs is encrypted with a key of AWS KMS, or its policy "
        "does not let Elastic Load Balancing write."
    )
    symptom = "The stack fails: Access Denied for bucket. Please check S3bucket permission."
    decided_by = (
        "access_logs.s3 in LoadBalancerAttributes, BucketEncryption of the bucket and its BucketPolicy. A bucket that "
        "is not in the templates, or has no policy there, and a policy that lets accounts in, are open."
    )
    fix = f"Encrypt {{the bucket}} with AES256, and let {LOG_DELIVERY_SERVICE} put objects into it."
    source = "User guide for Application Load Balancers, Enable access logs"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the bucket of each Application Load Balancer that writes access logs."""
        sites = behind(context)
        for balancer in context.graph.resources(LOAD_BALANCER):
            attributes = _attributes(balancer)
            if kind_of(balancer) != APPLICATION or boolean(attributes.get("enabled")) is not Ternary.YES:
                continue
            bucket = thing(context.graph, attributes.get("bucket"), "AWS::S3::Bucket")
            if isinstance(bucket, Unknown):
                continue
            for says in _problems(context.graph, balancer, bucket, as_text(attributes.get("prefix"))):
                yield self.finding(
                    bucket.where, f"{bucket.logical_id} {says}", launch_sites=sites.get(balancer.where, ())
                )


def _attributes(balancer: Resource) -> dict[str, Any]:
    """Return the attributes on access logs, by the last part of their keys."""
    found = {}
    for _, attribute in items(balancer.get("LoadBalancerAttributes")):
        name = walk(attribute, "Key")
        if isinstance(name, str) and name.startswith(_LOGS):
            found[name.removeprefix(_LOGS)] = walk(attribute, "Value")
    return found


def _problems(graph: Graph, balancer: Resource, bucket: Resource, prefix: Text | None) -> Iterator[str]:
    algorithm = bucket.get(*_ENCRYPTION, "SSEAlgorithm")
    if algorithm in _KMS:
        yield f"is encrypted with {algorithm}, and access logs need AES256."
    if _is_shut(graph, balancer, bucket, prefix):
        yield f"has a policy that does not let {LOG_DELIVERY_SERVICE} write."


def _is_shut(graph: Graph, balancer: Resource, bucket: Resource, prefix: Text | None) -> bool:
    """Whether the bucket's policy is sure not to let the service write; accounts stood for it once, and may still."""
    statements = Policies(graph).of_resource(bucket)
    if statements is None or any(one.effect != "Deny" and _lets_others_in(one.principals) for one in statements):
        return False
    here, requests = graph.environment(balancer.template), Requests(graph)
    folder = "/" if prefix is None else text("/", prefix, "/")
    objects = text(requests.arn(bucket), folder, "AWSLogs/", here.account, "/*")
    place = ("arn:", here.partition, ":elasticloadbalancing:", here.region, ":", here.account)
    source = text(*place, ":loadbalancer/", Unknown("which load balancer"))
    request = requests.by_service(LOG_DELIVERY_SERVICE, "s3:PutObject", objects, {"aws:SourceArn": source}, balancer)
    return evaluate(statements, request).answer is Ternary.NO


def _lets_others_in(principals: Any) -> bool:  # noqa: ANN401 - a statement's, if it is known
    """Whether a statement is about accounts, or about the service by the name that it has on Outposts."""
    if not isinstance(principals, Mapping) or set(principals) != {"Service"}:
        return True
    return any(name != LOG_DELIVERY_SERVICE and str(name).startswith(_DELIVERY) for name in principals["Service"])
