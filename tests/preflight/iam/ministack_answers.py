"""Writes ``ministack-answers.json``: what MiniStack's IAM evaluator answers to the cases of the corpus.

Not a test and not run by any, for MiniStack is no dependency of this project. To write the answers anew::

    python -m venv /tmp/ministack && /tmp/ministack/bin/pip install ministack==1.5.33
    PYTHONPATH=. /tmp/ministack/bin/python tests/preflight/iam/ministack_answers.py 5000 2026

With a third argument, any, it writes nothing and prints the cases to which we give other answers.
"""
# ruff: noqa: T201 - a script

import copy
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator as theirs  # type: ignore[import-not-found, unused-ignore]

from tests.preflight.iam import oracle
from tests.preflight.iam.corpus import ACCOUNT, REGION, ROLE, SOURCE_IP, Case, cases, digest

ANSWERS = Path(__file__).with_name("ministack-answers.json")
NEVER = "\0"
"""In place of what matches nothing."""


def main(count: int, seed: int, *, write: bool) -> None:
    """Answer the cases of a corpus."""
    made = list(cases(seed, count))
    plain = [answers(case) for case in made]
    adapted = [answers(adapt(case)) for case in made]
    if write:
        recorded: dict[str, Any] = {"ministack": version("ministack"), "seed": seed, "digest": digest(made)}
        recorded |= {"plain": _lines(plain), "adapted": _lines(adapted)}
        ANSWERS.write_text(json.dumps(recorded, indent=1) + "\n", "utf-8")
        return
    different = [case for case, answer in zip(made, adapted, strict=True) if oracle.answers(case) != answer]
    for case in different:
        print(json.dumps(case), oracle.answers(case), answers(adapt(case)))
    known = sum(a != b for a, b in zip(plain, adapted, strict=True))
    print(f"{count} cases, {known} that MiniStack sees otherwise for a known reason, {len(different)} for another")


def _lines(answered: list[str]) -> list[str]:
    return [" ".join(answered[start : start + 32]) for start in range(0, len(answered), 32)]


def answers(case: Case) -> str:
    """MiniStack's answers, in the letters of :func:`tests.preflight.iam.oracle.answers`."""
    request = theirs.EvalContext(
        principal_arn=ROLE,
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=case["action"],
        resource_arn=case["resource"],
        region=REGION,
        source_ip=SOURCE_IP,
        secure_transport=True,
        # MiniStack's own requests say that the tag keys are missing; without that they are an empty list.
        service_context={"aws:tagkeys": None, **{key.lower(): value for key, value in case["context"].items()}},
    )
    limits = [[theirs.parse_policy_document(case["boundary"])]] if "boundary" in case else []
    own = theirs.evaluate(request, [theirs.parse_policy_document(each) for each in case["identity"]], *limits)
    found = [own]
    if "resource_policy" in case:
        policy, owner, required = case["resource_policy"], case["owner"], case["required"]
        found.append(theirs.evaluate_resource_policy(policy, request))
        found.append(theirs.combine_resource_policy(own, request, policy, owner, required=required, limits=limits))
    return "".join(each.decision[0] for each in found)


def adapt(case: Case) -> Case:
    """A case whose policies mean to MiniStack what the original means to AWS, as far as the two differ."""
    adapted = copy.deepcopy(case)
    documents = [*adapted["identity"], *(adapted[name] for name in ("boundary", "resource_policy") if name in adapted)]
    for document in documents:
        body = document["Statement"]
        for statement in body if isinstance(body, list) else [body]:
            _adapt_arn_operators(statement, case["context"])
            statement.update(_without_variables(statement, case["context"]))
    return adapted


def _adapt_arn_operators(statement: dict[str, Any], context: dict[str, Any]) -> None:
    """Make ARN patterns that match across a colon match nothing."""
    values = {"aws:principalarn": ROLE, **{key.lower(): value for key, value in context.items()}}
    for operator, block in statement.get("Condition", {}).items():
        for key, wanted in block.items() if operator.startswith("Arn") else ():
            patterns = wanted if isinstance(wanted, list) else [wanted]
            value = values.get(key.lower())
            block[key] = [each if value and _by_component(value, each, context) else NEVER for each in patterns]


def _by_component(value: str, pattern: str, context: dict[str, Any]) -> bool:
    """Whether each of the six components matches, by MiniStack's own matcher."""
    pairs = zip(value.split(":", 5), _without_variables(pattern, context).split(":", 5), strict=True)
    return all(theirs.fnmatch_iam_cs(part, like) for part, like in pairs)


def _without_variables(document: Any, context: dict[str, Any]) -> Any:  # noqa: ANN401 - any part of a policy
    """Replace policy variables; one that the request lacks makes a value that matches nothing."""
    if isinstance(document, dict):
        return {key: _without_variables(value, context) for key, value in document.items()}
    if isinstance(document, list):
        return [_without_variables(value, context) for value in document]
    tag = context.get("aws:PrincipalTag/team", NEVER)
    for variable, value in (("aws:PrincipalAccount", ACCOUNT), ("aws:PrincipalTag/team", tag), ("ecs:Absent", NEVER)):
        document = document.replace(f"${{{variable}}}", value)
    return document


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), write=len(sys.argv) == 3)
