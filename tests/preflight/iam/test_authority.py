import json
from typing import Any

import pytest

from constructs_ecs.preflight.findings import Fault, Link, LinkKind, Verdict
from constructs_ecs.preflight.iam.authority import Authority
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.templates.reader import template
from constructs_ecs.preflight.values import Unknown
from tests.preflight.support import graph

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
READ = "secretsmanager:GetSecretValue"


def allow(*actions: str, on: object = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role(*statements: dict[str, Any], **properties: object) -> dict[str, Any]:
    trust = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}})
    inline = [{"PolicyName": "Inline", "PolicyDocument": policy(*statements)}]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, "Policies": inline, **properties},
    }


def key(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy(*statements)}}


SECRET = {"Type": "AWS::SecretsManager::Secret"}


class Scene:
    """A graph, its authority and its resources."""

    def __init__(self, *bodies: dict[str, Any], **environment: str) -> None:
        self.graph: Graph = graph(*bodies, **environment)  # type: ignore[arg-type]
        self.authority = Authority(self.graph)

    def __getitem__(self, logical_id: str) -> Resource:
        found = [each for each in self.graph.resources() if each.logical_id == logical_id]
        assert len(found) == 1
        return found[0]

    def arn(self, logical_id: str, attribute: str = "Arn") -> Any:  # noqa: ANN401 - a resolved value
        resource = self[logical_id]
        return self.graph.value(resource.template, {"Fn::GetAtt": [logical_id, attribute]})

    def reads_secret(self, **context: str) -> tuple[Link, ...]:
        return self.authority.access(self["Role"], [READ], self.arn("Secret", "Id"), self["Secret"], context)

    def decrypts(self, service: str | None = "secretsmanager") -> tuple[Link, ...]:
        return self.authority.key_use(self["Role"], ["kms:Decrypt"], self["Key"], service)


def verdicts(links: tuple[Link, ...]) -> list[tuple[LinkKind, Verdict, Fault | None]]:
    return [(link.kind, link.verdict, link.fault) for link in links]


def identity(verdict: Verdict, fault: Fault | None = None) -> tuple[LinkKind, Verdict, Fault | None]:
    return LinkKind.IDENTITY_POLICY, verdict, fault


def test_a_grant_on_the_secret_passes_and_names_the_statement() -> None:
    scene = Scene({"Role": role(allow(READ, on={"Ref": "Secret"})), "Secret": SECRET})
    (link,) = scene.reads_secret()

    assert verdicts((link,)) == [identity(PASS)]
    assert link.text.startswith("Policy Inline of the role Role allows secretsmanager:GetSecretValue on arn:")
    assert [str(place) for place in link.where] == [
        "Template#Role.Policies[0].PolicyDocument.Statement[0]",
        "Template#Role",
    ]


def test_a_grant_on_another_secret_fails_and_says_on_which() -> None:
    scene = Scene({"Role": role(allow(READ, on={"Ref": "Other"})), "Secret": SECRET, "Other": SECRET})
    (link,) = scene.reads_secret()

    assert verdicts((link,)) == [identity(FAIL, Fault.NOT_ALLOWED)]
    assert "policy Inline does on arn:" in link.text
    assert str(link.where[0]) == "Template#Role"


def test_a_denial_fails_as_one() -> None:
    scene = Scene({"Role": role(allow("*"), {**allow("secretsmanager:*"), "Effect": "Deny"}), "Secret": SECRET})
    (link,) = scene.reads_secret()

    assert verdicts((link,)) == [identity(FAIL, Fault.DENIED)]
    assert str(link.where[0]) == "Template#Role.Policies[0].PolicyDocument.Statement[1]"


def test_actions_that_fare_alike_share_a_link() -> None:
    scene = Scene({"Role": role(allow("logs:CreateLogStream", "logs:PutLogEvents"))})
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    links = scene.authority.access(scene["Role"], actions, "arn:aws:logs:eu-west-1:111122223333:log-group:web:*")

    assert verdicts(links) == [identity(FAIL, Fault.NOT_ALLOWED), identity(PASS)]
    assert "logs:CreateLogStream, logs:PutLogEvents on" in links[1].text


def test_no_role_fails_and_a_role_that_is_not_known_is_open() -> None:
    authority = Scene({"Secret": SECRET}).authority

    assert authority.identity(None, READ, "*").fault is Fault.NO_ROLE
    assert authority.identity(Unknown("a parameter"), READ, "*").verdict is UNKNOWN
    assert authority.key_use(None, ["kms:Decrypt"], Unknown("x"))[0].fault is Fault.NO_ROLE
    assert authority.key_use(Unknown("x"), ["kms:Decrypt"], Unknown("x"))[0].verdict is UNKNOWN
    assert authority.trust(None, "ecs-tasks.amazonaws.com").fault is Fault.NO_ROLE
    assert authority.trust(Unknown("x"), "ecs-tasks.amazonaws.com").verdict is UNKNOWN


def test_a_boundary_limits_the_roles_policies() -> None:
    limit = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy(allow("s3:*"))}}
    bounded = role(allow(READ), PermissionsBoundary={"Ref": "Limit"})

    assert verdicts(Scene({"Role": bounded, "Limit": limit, "Secret": SECRET}).reads_secret()) == [
        identity(FAIL, Fault.NOT_ALLOWED)
    ]
    elsewhere = role(allow(READ), PermissionsBoundary="arn:aws:iam::111122223333:policy/Limit")
    assert verdicts(Scene({"Role": elsewhere, "Secret": SECRET}).reads_secret()) == [identity(UNKNOWN)]


def test_the_context_of_a_call_follows_from_role_and_resource() -> None:
    condition = {
        "Bool": {"aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "false"},
        "StringEquals": {
            "aws:PrincipalAccount": {"Ref": "AWS::AccountId"},
            "aws:ResourceAccount": "${aws:PrincipalAccount}",
            "aws:RequestedRegion": {"Ref": "AWS::Region"},
        },
        "ArnEquals": {"aws:PrincipalArn": {"Fn::GetAtt": ["Role", "Arn"]}},
        "Null": {"kms:ViaService": "true"},
    }
    scene = Scene(
        {
            "Role": role(),
            "Secret": SECRET,
            "Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "Separate",
                    "PolicyDocument": policy(allow(READ, Condition=condition)),
                    "Roles": [{"Ref": "Role"}],
                },
            },
        }
    )

    assert verdicts(scene.reads_secret()) == [identity(PASS)]


def test_what_is_not_known_of_the_call_leaves_it_open_until_it_is_said() -> None:
    condition = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    scene = Scene({"Role": role(allow(READ, Condition=condition)), "Secret": SECRET})

    (link,) = scene.reads_secret()
    assert link.verdict is UNKNOWN
    assert link.text.endswith("is open: whether StringEquals aws:SourceVpce vpce-1 holds.")
    assert scene.reads_secret(**{"aws:sourcevpce": "vpce-1"})[0].verdict is PASS
    assert scene.reads_secret(**{"aws:SourceVpce": "vpce-2"})[0].verdict is FAIL


def resource_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::SecretsManager::ResourcePolicy",
        "Properties": {"SecretId": {"Ref": "Secret"}, "ResourcePolicy": policy(*statements)},
    }


def test_a_resource_policy_that_names_the_role_is_enough() -> None:
    named = resource_policy(allow(READ, Principal={"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}))
    links = Scene({"Role": role(), "Secret": SECRET, "Policy": named}).reads_secret()

    assert verdicts(links) == [(LinkKind.RESOURCE_POLICY, PASS, None)]


def test_a_resource_policy_that_names_the_account_leaves_it_to_the_role() -> None:
    delegating = resource_policy(allow(READ, Principal=ROOT))

    assert verdicts(Scene({"Role": role(), "Secret": SECRET, "Policy": delegating}).reads_secret()) == [
        identity(FAIL, Fault.NOT_ALLOWED),
        (LinkKind.RESOURCE_POLICY, PASS, None),
    ]


def test_a_resource_policy_that_denies_stops_the_role() -> None:
    denying = resource_policy({**allow(READ, Principal="*"), "Effect": "Deny"})

    assert verdicts(Scene({"Role": role(allow(READ)), "Secret": SECRET, "Policy": denying}).reads_secret()) == [
        identity(PASS),
        (LinkKind.RESOURCE_POLICY, FAIL, Fault.RESOURCE_POLICY),
    ]


def test_a_resource_policy_for_others_does_not_stand_in_the_way() -> None:
    other = resource_policy(allow(READ, Principal={"AWS": "arn:aws:iam::111122223333:user/someone"}))
    links = Scene({"Role": role(allow(READ)), "Secret": SECRET, "Policy": other}).reads_secret()

    assert {link.verdict for link in links} == {PASS}


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (None, [identity(PASS), (LinkKind.RESOURCE_POLICY, FAIL, Fault.RESOURCE_POLICY)]),
        ({"AWS": "arn:aws:iam::111122223333:root"}, [identity(PASS), (LinkKind.RESOURCE_POLICY, PASS, None)]),
        (
            {"AWS": "arn:aws:iam::444455556666:root"},
            [identity(PASS), (LinkKind.RESOURCE_POLICY, FAIL, Fault.RESOURCE_POLICY)],
        ),
    ],
)
def test_across_accounts_the_repository_has_to_allow_as_well(principal: object, expected: object) -> None:
    document = {} if principal is None else {"RepositoryPolicyText": policy(allow("ecr:*", Principal=principal))}
    repository = {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "web", **document}}
    made = Graph(
        [
            template({"Resources": {"Role": role(allow("ecr:*"))}}, "Tasks", account="111122223333"),
            template({"Resources": {"Repository": repository}}, "Images", account="444455556666"),
        ]
    )
    puller, owner = made.resource("Tasks", "Role"), made.resource("Images", "Repository")
    arn = "arn:aws:ecr:eu-west-1:444455556666:repository/web"

    assert verdicts(Authority(made).access(puller, ["ecr:BatchGetImage"], arn, owner)) == expected


def test_a_file_system_without_a_policy_may_let_everyone_in() -> None:
    scene = Scene({"Role": role(), "Files": {"Type": "AWS::EFS::FileSystem"}})
    links = scene.authority.access(scene["Role"], ["elasticfilesystem:ClientMount"], scene.arn("Files"), scene["Files"])

    assert {link.verdict for link in links} == {UNKNOWN}


def test_a_key_that_delegates_leaves_it_to_the_role() -> None:
    delegating = key(allow("kms:*", Principal=ROOT))
    granted = role(allow("kms:Decrypt", on={"Fn::GetAtt": ["Key", "Arn"]}))

    assert verdicts(Scene({"Role": granted, "Key": delegating}).decrypts()) == [
        identity(PASS),
        (LinkKind.KEY_POLICY, PASS, None),
    ]
    assert verdicts(Scene({"Role": role(), "Key": delegating}).decrypts()) == [
        identity(FAIL, Fault.NOT_ALLOWED),
        (LinkKind.KEY_POLICY, PASS, None),
    ]


def test_a_key_that_does_not_delegate_has_to_name_the_role() -> None:
    named = key(allow("kms:Decrypt", Principal={"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}))
    closed = key(allow("kms:*", Principal={"AWS": "arn:aws:iam::111122223333:user/admin"}))

    assert verdicts(Scene({"Role": role(), "Key": named}).decrypts()) == [(LinkKind.KEY_POLICY, PASS, None)]
    assert verdicts(Scene({"Role": role(allow("kms:*")), "Key": closed}).decrypts()) == [
        identity(PASS),
        (LinkKind.KEY_POLICY, FAIL, Fault.KEY_POLICY),
    ]


def test_a_key_without_a_policy_in_the_template_delegates() -> None:
    plain = {"Type": "AWS::KMS::Key"}

    assert verdicts(Scene({"Role": role(allow("kms:Decrypt")), "Key": plain}).decrypts()) == [identity(PASS)]
    assert verdicts(Scene({"Role": role(), "Key": plain}).decrypts()) == [identity(FAIL, Fault.NOT_ALLOWED)]


def test_a_grant_through_one_service_is_none_through_another() -> None:
    via = {"StringEquals": {"kms:ViaService": {"Fn::Sub": "secretsmanager.${AWS::Region}.amazonaws.com"}}}
    scene = Scene({"Role": role(allow("kms:Decrypt", Condition=via)), "Key": key(allow("kms:*", Principal=ROOT))})

    assert scene.decrypts("secretsmanager")[0].verdict is PASS
    assert scene.decrypts("ssm")[0].verdict is FAIL
    assert scene.decrypts(None)[0].verdict is FAIL


def test_everyone_through_a_service_is_a_grant() -> None:
    statement = allow(
        "kms:Decrypt",
        Principal={"AWS": "*"},
        Condition={
            "StringEquals": {
                "kms:CallerAccount": {"Ref": "AWS::AccountId"},
                "kms:ViaService": {"Fn::Sub": "ssm.${AWS::Region}.${AWS::URLSuffix}"},
            }
        },
    )

    assert verdicts(Scene({"Role": role(), "Key": key(statement)}).decrypts("ssm")) == [
        (LinkKind.KEY_POLICY, PASS, None)
    ]


def test_an_alias_stands_for_its_key() -> None:
    alias = {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/a", "TargetKeyId": {"Ref": "Key"}}}
    scene = Scene({"Role": role(allow("kms:Decrypt")), "Key": {"Type": "AWS::KMS::Key"}, "Alias": alias})

    assert scene.authority.key_use(scene["Role"], ["kms:Decrypt"], scene["Alias"])[0].verdict is PASS


def test_one_of_awss_own_keys_needs_no_permission() -> None:
    scene = Scene({"Role": role()})

    assert scene.authority.key_use(scene["Role"], ["kms:Decrypt"], None) == ()
    assert scene.authority.key_serves(None, ["kms:Decrypt"], "logs") == ()
    assert scene.authority.key_use(scene["Role"], ["kms:Decrypt"], Unknown("x"))[0].verdict is UNKNOWN
    assert scene.authority.key_serves(Unknown("x"), ["kms:Decrypt"], "logs")[0].verdict is UNKNOWN


def logs_key(service: object, group: str = "*") -> Scene:
    arn = {"Fn::Sub": f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{group}"}
    statement = allow(
        "kms:Encrypt*",
        "kms:Decrypt*",
        Principal={"Service": service},
        Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}},
    )
    return Scene({"Key": key(allow("kms:*", Principal=ROOT), statement)})


@pytest.mark.parametrize(
    ("service", "group", "expected"),
    [
        ({"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}, "*", PASS),
        ({"Fn::Sub": "logs.${AWS::Region}.${AWS::URLSuffix}"}, "web", PASS),
        ({"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}, "other", FAIL),
        ("logs.eu-west-1.amazonaws.com", "*", UNKNOWN),
        ("ec2.amazonaws.com", "*", FAIL),
    ],
)
def test_a_key_serves_the_logs_of_its_region(service: object, group: str, expected: Verdict) -> None:
    scene = logs_key(service, group)
    log_group = scene.graph.value(
        "Template", {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:web"}
    )
    context = {"kms:EncryptionContext:aws:logs:arn": log_group}
    links = scene.authority.key_serves(scene["Key"], ["kms:Encrypt", "kms:Decrypt"], "logs", context)

    assert [link.verdict for link in links] == [expected]


def endpoint(*statements: dict[str, Any], **properties: object) -> Scene:
    document = {"PolicyDocument": policy(*statements)} if statements else {}
    made = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {**document, **properties}}
    return Scene({"Role": role(), "Bucket": {"Type": "AWS::S3::Bucket"}, "Endpoint": made})


def passes(scene: Scene, **context: str) -> Link:
    return scene.authority.endpoint_policy(
        scene["Endpoint"], ["s3:GetObject"], "arn:aws:s3:::layers/*", scene["Role"], context
    )[0]


def test_an_endpoint_without_a_policy_lets_everything_through() -> None:
    assert passes(endpoint()).verdict is PASS


def test_an_endpoint_policy_has_to_allow() -> None:
    assert passes(endpoint(allow("s3:Get*", Principal="*"))).verdict is PASS
    refused = passes(endpoint(allow("s3:Put*", Principal="*")))
    assert (refused.verdict, refused.fault) == (FAIL, Fault.ENDPOINT_POLICY)


def test_an_endpoint_knows_the_callers_account_and_itself() -> None:
    own = {
        "StringEquals": {
            "aws:PrincipalAccount": {"Ref": "AWS::AccountId"},
            "aws:SourceVpce": {"Ref": "Endpoint"},
        }
    }

    assert passes(endpoint(allow("*", Principal="*", Condition=own))).verdict is PASS
    other = {"StringEquals": {"aws:PrincipalAccount": "other"}}
    assert passes(endpoint(allow("*", Principal="*", Condition=other))).verdict is FAIL


def test_the_account_of_a_bucket_in_the_templates_is_known() -> None:
    own = {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
    scene = endpoint(allow("*", Principal="*", Condition=own))
    objects = scene.graph.value("Template", {"Fn::Sub": "${Bucket.Arn}/*"})

    assert (
        scene.authority.endpoint_policy(scene["Endpoint"], ["s3:PutObject"], objects, scene["Role"])[0].verdict is PASS
    )
    assert passes(scene).verdict is UNKNOWN


def test_a_gateway_endpoint_takes_an_account_for_its_root_user() -> None:
    account = allow("*", Principal=ROOT)

    assert passes(endpoint(account, VpcEndpointType="Interface")).verdict is PASS
    assert passes(endpoint(account, VpcEndpointType="Gateway")).verdict is FAIL
    assert passes(endpoint(account)).verdict is FAIL


def test_a_caller_that_is_not_known_is_one_of_everyone() -> None:
    everyone = endpoint(allow("s3:GetObject", Principal="*"))
    account = {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
    own = endpoint(allow("s3:GetObject", Principal="*", Condition=account))

    for scene, expected in ((everyone, PASS), (own, UNKNOWN)):
        links = scene.authority.endpoint_policy(scene["Endpoint"], ["s3:GetObject"], "arn:aws:s3:::layers/*", None)
        assert [link.verdict for link in links] == [expected]


def trusting(**statement: object) -> Scene:
    document = policy({"Effect": "Allow", "Action": "sts:AssumeRole", **statement})
    return Scene({"Role": role(AssumeRolePolicyDocument=document)})


TASKS = {"Service": "ecs-tasks.amazonaws.com"}


def test_a_trust_policy_has_to_name_the_service() -> None:
    scene = trusting(Principal=TASKS)

    link = scene.authority.trust(scene["Role"], "ecs-tasks.amazonaws.com")
    assert (link.kind, link.verdict) == (LinkKind.TRUST, PASS)
    assert link.text == "The trust policy of Role allows ecs-tasks.amazonaws.com to assume the role."
    refused = scene.authority.trust(scene["Role"], "ec2.amazonaws.com")
    assert (refused.verdict, refused.fault) == (FAIL, Fault.TRUST)


def test_a_trust_policy_has_to_allow_the_assumption() -> None:
    scene = trusting(Principal=TASKS, Action="sts:TagSession")

    assert scene.authority.trust(scene["Role"], "ecs-tasks.amazonaws.com").verdict is FAIL


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}, PASS),
        ({"StringEquals": {"aws:SourceAccount": "no account"}}, FAIL),
        (
            {"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*"}}},
            PASS,
        ),
        (
            {
                "ArnLike": {
                    "aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:cluster/a"}
                }
            },
            FAIL,
        ),
        ({"StringEquals": {"sts:ExternalId": "x"}}, FAIL),
        ({"StringEquals": {"aws:SourceOrgID": "o-1"}}, UNKNOWN),
    ],
)
def test_a_trust_policys_conditions_meet_what_ecs_says(condition: dict[str, Any], expected: Verdict) -> None:
    scene = trusting(Principal=TASKS, Condition=condition)
    source = scene.graph.value("Template", {"Fn::Sub": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*"})

    assert scene.authority.trust(scene["Role"], "ecs-tasks.amazonaws.com", source).verdict is expected


def test_a_trust_policy_may_be_json_text() -> None:
    statement = {"Effect": "Allow", "Action": "sts:*", "Principal": TASKS}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    scene = Scene({"Role": role(AssumeRolePolicyDocument=document)})

    assert scene.authority.trust(scene["Role"], "ecs-tasks.amazonaws.com").verdict is PASS
