import pytest

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.documents import statements
from constructs_ecs.preflight.iam.principals import Naming, Principal, named
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Text, Unknown, text

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN
PARTITION, REGION, ACCOUNT = (Symbol(PSEUDO, "", name) for name in ("Partition", "Region", "AccountId"))


def role_arn(logical_id: str) -> Text:
    return text("arn:", PARTITION, ":iam::", ACCOUNT, ":role/", Symbol("Template", logical_id, "Ref"))


ROLE = Principal(account=ACCOUNT, arn=role_arn("Role"))
TASKS = Principal(account=Unknown("AWS's own"), service="ecs-tasks.amazonaws.com")
ROOT = text("arn:", PARTITION, ":iam::", ACCOUNT, ":root")


def names(
    principals: object, principal: Principal | None, naming: Naming = Naming.ANY, element: str = "Principal"
) -> Ternary:
    body = {"Effect": "Allow", "Action": "*", element: principals}
    return named(statements({"Statement": body}, Where("Template", "Policy"))[0], principal, naming)


@pytest.mark.parametrize(
    ("aws", "any_mention", "direct", "at_gateway"),
    [
        ("*", YES, YES, YES),
        (ROOT, YES, NO, NO),
        (ACCOUNT, YES, NO, NO),
        ("arn:aws:iam::111122223333:root", UNKNOWN, NO, NO),
        ("111122223333", UNKNOWN, NO, NO),
        (role_arn("Role"), YES, YES, UNKNOWN),
        (role_arn("Other"), NO, NO, NO),
        ("arn:aws:iam::111122223333:user/someone", NO, NO, NO),
        ("arn:aws:sts::111122223333:assumed-role/Role/session", UNKNOWN, UNKNOWN, UNKNOWN),
        ("AROA123456789EXAMPLE", UNKNOWN, UNKNOWN, UNKNOWN),
        (Unknown("a parameter"), UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_a_role_is_named_by_itself_as_everyone_or_by_its_account(
    aws: Text, any_mention: Ternary, direct: Ternary, at_gateway: Ternary
) -> None:
    assert names({"AWS": aws}, ROLE) is any_mention
    assert names({"AWS": [aws]}, ROLE, Naming.DIRECT) is direct
    assert names({"AWS": aws}, ROLE, Naming.GATEWAY) is at_gateway


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("ecs-tasks.amazonaws.com", YES),
        (text("ecs-tasks.", Symbol(PSEUDO, "", "URLSuffix")), YES),
        ("ec2.amazonaws.com", NO),
        ("ecs.amazonaws.com", NO),
        ("ecs-tasks.amazonaws.com.cn", UNKNOWN),
        (["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"], YES),
        (Unknown("a parameter"), UNKNOWN),
    ],
)
def test_a_service_is_named_by_its_principal(service: object, expected: Ternary) -> None:
    assert names({"Service": service}, TASKS) is expected


def test_a_regional_service_is_named_with_its_region() -> None:
    logs = Principal(account=Unknown("AWS's own"), service=text("logs.", REGION, ".amazonaws.com"))

    assert names({"Service": text("logs.", REGION, ".amazonaws.com")}, logs) is YES
    assert names({"Service": "logs.amazonaws.com"}, logs) is UNKNOWN
    assert names({"Service": "delivery.logs.amazonaws.com"}, logs) is NO


def test_roles_are_no_services_and_services_no_roles() -> None:
    assert names({"Service": "ecs-tasks.amazonaws.com"}, ROLE) is NO
    assert names({"AWS": ROOT}, TASKS) is NO
    assert names("*", TASKS) is YES


def test_everyone_is_named_where_the_element_is_missing() -> None:
    body = {"Effect": "Allow", "Action": "*"}

    assert named(statements({"Statement": body}, Where("Template", "Policy"))[0], ROLE, Naming.DIRECT) is YES


def test_what_the_preflight_does_not_evaluate_is_open() -> None:
    assert names({"AWS": role_arn("Role")}, ROLE, element="NotPrincipal") is UNKNOWN
    assert names({"CanonicalUser": "79a59df9"}, ROLE) is UNKNOWN
    assert names({"Federated": "cognito-identity.amazonaws.com"}, ROLE) is NO
    assert names({"AWS": "*"}, None) is UNKNOWN
