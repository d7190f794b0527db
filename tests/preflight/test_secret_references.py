import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.secret_references import SecretReference, SecretSource, secret_reference
from constructs_ecs.preflight.values import Symbol, Text, Unknown, text
from tests.preflight.launches import resource
from tests.preflight.support import graph

GRAPH = graph(
    {
        "Parameter": resource("SSM::Parameter", Type="String", Value="x"),
        "Custom": {"Type": "Custom::Secret", "Properties": {}},
        "Database": resource("RDS::DBInstance"),
    }
)
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"
WHY = Unknown("import of secret")


def read(value: Text) -> SecretReference:
    return secret_reference(GRAPH, "NAME", value, Where("Template", "Task"))


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (ARN, ()),
        (f"{ARN}:key::", ("key", "", "")),
        (f"{ARN}::stage:", ("", "stage", "")),
        (f"{ARN}:key", ("key",)),
        (f"{ARN}:a:b:c:d", ("a", "b", "c", "d")),
    ],
)
def test_a_secret_s_arn_is_told_from_what_follows_it_well_formed_or_not(value: str, fields: tuple[str, ...]) -> None:
    found = read(value)
    assert (found.source, found.secret, found.fields) == (SecretSource.SECRETS_MANAGER, ARN, fields)


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("/app/level", SecretSource.PARAMETER_STORE),
        ("arn:aws:ssm:eu-west-1:123456789012:parameter/x", SecretSource.PARAMETER_STORE),
        (Symbol("Template", "Parameter", "Ref"), SecretSource.PARAMETER_STORE),
        (text("/", Symbol("AWS", "", "StackName"), "/x"), SecretSource.PARAMETER_STORE),
        (Symbol("Template", "Database", "MasterUserSecret.SecretArn"), SecretSource.SECRETS_MANAGER),
        (text(Symbol("Template", "Custom", "Ref"), ":key::"), SecretSource.SECRETS_MANAGER),
        (text(WHY, ":key::"), SecretSource.SECRETS_MANAGER),
        (Symbol("Template", "Custom", "Ref"), SecretSource.UNKNOWN),
        (WHY, SecretSource.UNKNOWN),
        (text(WHY, "/x"), SecretSource.UNKNOWN),
        ("arn:aws:s3:::bucket", SecretSource.UNKNOWN),
    ],
)
def test_what_a_reference_names_is_told_by_its_form(value: Text, source: SecretSource) -> None:
    assert read(value).source is source


@given(st.text())
def test_any_reference_has_an_answer(value: str) -> None:
    assert read(value).value_from == value
