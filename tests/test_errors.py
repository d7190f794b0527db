import ast
import copy
import pickle
import re
from collections.abc import Iterator

import pytest

from constructs_ecs import errors
from constructs_ecs.errors import (
    Code,
    ConflictError,
    ConstructsEcsError,
    InvalidValueError,
    UnreachableError,
    UnsafeError,
)
from tests.support import ROOT


def sources() -> Iterator[ast.Module]:
    """Whatever may raise our errors: the library, and the sample app for its settings."""
    for folder in ("constructs_ecs", "stacks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name != "errors.py":
                yield ast.parse(path.read_text())


def code_of(node: ast.AST) -> Code | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code":
        return Code[node.attr]
    return None


def test_each_code_is_one_rule_s_alone() -> None:
    # An Enum takes a value that is there twice for another name of the same member.
    assert [name for name, code in Code.__members__.items() if code.name != name] == []


def test_each_code_is_ecs_and_three_digits_in_rising_order() -> None:
    values = [code.value for code in Code]

    assert all(re.fullmatch(r"ECS\d{3}", value) for value in values)
    assert values == sorted(values)


def test_each_code_says_its_rule_in_a_sentence() -> None:
    (enum,) = (
        node
        for node in ast.parse((ROOT / "constructs_ecs" / "errors.py").read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == "Code"
    )
    documented = {}
    for member, following in zip(enum.body, enum.body[1:], strict=False):
        if isinstance(member, ast.Assign) and isinstance(following, ast.Expr):
            assert isinstance(member.targets[0], ast.Name)
            documented[member.targets[0].id] = ast.literal_eval(following.value)

    assert documented.keys() == Code.__members__.keys()
    assert all(text.endswith(".") and "\n" not in text for text in documented.values())
    assert len(set(documented.values())) == len(documented)


def test_each_code_is_raised_somewhere() -> None:
    raised = {code_of(node) for tree in sources() for node in ast.walk(tree)}

    assert [code.name for code in Code if code not in raised] == []


def test_a_message_is_the_code_the_problem_and_the_remedy() -> None:
    error = InvalidValueError(Code.PORT, "port is 1 to 65535; got 0.", "Use 1.")

    assert str(error) == "ECS016: port is 1 to 65535; got 0. Use 1."
    assert (error.code, error.problem, error.remedy) == (Code.PORT, "port is 1 to 65535; got 0.", "Use 1.")


@pytest.mark.parametrize("error", [InvalidValueError, ConflictError, UnreachableError, UnsafeError])
def test_every_error_is_caught_as_one_of_ours(error: type[ConstructsEcsError]) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        raise error(Code.PORT, "Problem.", "Remedy.")

    assert str(caught.value).startswith("ECS016: ")


def test_an_invalid_value_is_a_value_error_too() -> None:
    assert issubclass(InvalidValueError, ValueError)


def test_an_error_comes_whole_out_of_another_process() -> None:
    error = ConflictError(Code.WINDOWS_ON_ARM, "Problem.", "Remedy.")

    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own bytes
        assert type(other) is ConflictError
        assert str(other) == str(error)
        assert (other.code, other.problem, other.remedy) == (error.code, error.problem, error.remedy)


def test_the_module_offers_the_tree_and_the_codes() -> None:
    public = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and value.__module__ == "constructs_ecs.errors"
    }

    assert public == set(errors.__all__)
