"""Reports that the format tests show, made by hand."""

from constructs_ecs.preflight.findings import Fault, Finding, Link, LinkKind, Severity, Verdict, Where
from constructs_ecs.preflight.report import Answer, OpenQuestion, Place, ProvenCall, ProvenLaunchSite, Report

WEB = Where("Web", "Service1")
JOB = Where("Jobs", "Nightly", ("Targets", 0))
VPC = Where("Network", "Vpc1")
PLACES = {
    WEB: Place("cdk.out/Web.template.json", 40, "Web/Service/Resource"),
    VPC: Place("cdk.out/Network.template.json", 3, "Network/Vpc"),
    JOB: Place("jobs.yaml", 12),
}

NO_ENDPOINT = Link(
    kind=LinkKind.ENDPOINT,
    verdict=Verdict.FAIL,
    text="No endpoint for logs is in the VPC.",
    where=(VPC,),
    fault=Fault.NO_ENDPOINT,
    explanation="NO_ROUTE_TO_DESTINATION",
)
OPEN_ROUTE = Link(LinkKind.ROUTE, Verdict.UNKNOWN, "Where the transit gateway leads is not known.", (VPC,))
GRANTED = Link(LinkKind.IDENTITY_POLICY, Verdict.PASS, "The execution role may write.", (Where("Web", "Policy"),))

MISSING = Finding(
    rule="N07",
    severity=Severity.START,
    verdict=Verdict.FAIL,
    where=VPC,
    message="The VPC has no endpoint for logs.",
    symptom="ResourceInitializationError: failed to validate logger args.",
    fix="Add an interface endpoint for logs to the VPC Vpc1.",
    source="ECS developer guide",
    launch_sites=(WEB,),
)
WARNED = Finding(
    rule="N23",
    severity=Severity.WARNING,
    verdict=Verdict.FAIL,
    where=VPC,
    message="The endpoint is in one zone only.",
    symptom="None.",
    fix="Add a subnet of another zone to the endpoint Vpc1.",
    source="AWS PrivateLink guide",
)


ASSUMED = "Parameter Web#Size has its default, 2."


def call(verdict: Verdict, *evidence: Link) -> ProvenCall:
    return ProvenCall(
        stage="start",
        purpose="write logs",
        caller="execution role",
        container="app",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resource="arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Logs}:*",
        endpoint="logs",
        verdict=verdict,
        evidence=evidence,
    )


def site(where: Where, start: Answer, exec_: Answer, *calls: ProvenCall) -> ProvenLaunchSite:
    path = PLACES[where].construct_path
    return ProvenLaunchSite(where, path, "service", "Fargate", start, exec_, calls)


def report() -> Report:
    """One service that fails, one rule target that is not decided, one warning."""
    off = Answer(Verdict.OFF)
    web = site(WEB, Answer(Verdict.FAIL, ("N07: " + MISSING.message,)), off, call(Verdict.FAIL, NO_ENDPOINT, GRANTED))
    job = site(JOB, Answer(Verdict.UNKNOWN, (OPEN_ROUTE.text,)), off, call(Verdict.UNKNOWN, OPEN_ROUTE, GRANTED))
    questions = (
        OpenQuestion("What the transform AWS::Serverless-2016-10-31 generates is not known."),
        OpenQuestion(OPEN_ROUTE.text, VPC, (JOB,)),
        OpenQuestion(MISSING.message, VPC, (JOB,), MISSING, (("Network#IsPrivate", True),)),
    )
    return Report((web, job), (MISSING, WARNED), questions, ("Network", "Web", "Jobs"), (ASSUMED,), PLACES.__getitem__)


def clean() -> Report:
    """One service that starts and can be exec'd into."""
    answer = Answer(Verdict.PASS)
    return Report((site(WEB, answer, answer, call(Verdict.PASS, GRANTED)),), (), (), ("Web",), (), PLACES.__getitem__)


def hostile(text: str) -> Report:
    """Text that a template's author chose, wherever it can come to."""
    where = Where(text, text, (text, 0))
    link = Link(LinkKind.ROUTE, Verdict.FAIL, text, (where,), Fault.NO_ROUTE, None)
    made = ProvenCall("start", "write logs", text, text, (text,), text, text, Verdict.FAIL, (link,))
    finding = Finding("N07", Severity.START, Verdict.FAIL, where, text, text, text, text, (where,))
    launch_site = ProvenLaunchSite(
        where, text, "service", "Fargate", Answer(Verdict.FAIL, (text,)), Answer(Verdict.OFF), (made,)
    )
    question = OpenQuestion(text, where, (where,), finding, ((text, True),))
    return Report((launch_site,), (finding,), (question,), (text,), (text,), lambda _: Place(text, 1, text))
