"""Policies and requests made at random, the same ones every time: a seed stands for the whole corpus.

The draws come from a generator of our own, so that no Python release can change the cases under their answers.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

_T = TypeVar("_T")

Case = dict[str, Any]
"""``action``, ``resource``, ``context`` and ``identity``, the role's policies; some have a ``boundary``, and some a
``resource_policy`` with its ``owner`` and whether it is ``required``."""

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service/Execution"
REGION = "eu-west-1"
SOURCE_IP = "10.0.1.7"

ACTIONS = {
    "ecr:BatchGetImage": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/team/web",
    "ecr:GetAuthorizationToken": "*",
    "secretsmanager:GetSecretValue": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/db-AbCdEf",
    "ssm:GetParameters": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/prod/key",
    "logs:PutLogEvents": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/web:log-stream:web/web/0",
    "kms:Decrypt": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "s3:GetObject": f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/ab/cd",
    "iam:PassRole": f"arn:aws:iam::{ACCOUNT}:role/Task",
    "ecs:RunTask": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:7",
}
"""What is asked, on what."""

OPTIONAL: dict[str, Sequence[str | list[str]]] = {
    "kms:ViaService": [f"secretsmanager.{REGION}.amazonaws.com", f"logs.{REGION}.amazonaws.com"],
    "ecs:cluster": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/blue", f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/green"],
    "iam:PassedToService": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"],
    "aws:SourceArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/blue/0123"],
    "aws:SourceVpce": ["vpce-1a2b3c4d"],
    "aws:PrincipalTag/team": ["web", "prod"],
    "kms:EncryptionContext:aws:logs:arn": [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/web"],
    "s3:max-keys": ["10", "25"],
    "ecs:enable-execute-command": ["true", "false"],
    "aws:TagKeys": [["team"], ["team", "stage"], ["stage", "cost"]],
    "aws:MultiFactorAuthAge": ["300"],
    "aws:TokenIssueTime": ["2026-01-01T00:00:00Z"],
}
"""Context keys that a request may lack, and their values."""

ALWAYS = {
    "aws:PrincipalArn": ROLE,
    "aws:PrincipalAccount": ACCOUNT,
    "aws:SecureTransport": "true",
    "aws:SourceIp": SOURCE_IP,
}
"""Context keys that every request has."""

STRINGS = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
GLOBS = ("StringLike", "StringNotLike")
ARNS = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
NUMBERS = tuple(f"Numeric{name}" for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan"))
DATES = tuple(f"Date{name}" for name in ("Equals", "NotEquals", "LessThan", "GreaterThan", "GreaterThanEquals"))


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield the cases of a corpus."""
    maker = _Maker(seed)
    return (maker.case() for _ in range(count))


def digest(made: Sequence[Case]) -> str:
    """Return a fingerprint of cases."""
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()


class _Dice:
    """A linear congruential generator with Knuth's constants for MMIX."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, bound: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % bound

    def of(self, choices: Sequence[_T]) -> _T:
        return choices[self.below(len(choices))]

    def percent(self, chance: int) -> bool:
        return self.below(100) < chance


class _Maker:
    def __init__(self, seed: int) -> None:
        self.dice = _Dice(seed)

    def case(self) -> Case:
        action = self.dice.of(list(ACTIONS))
        context = {key: self.dice.of(values) for key, values in OPTIONAL.items() if self.dice.percent(60)}
        case: Case = {
            "action": action,
            "resource": ACTIONS[action],
            "context": context,
            "identity": [self.policy(case_of := (action, context)) for _ in range(1 + self.dice.below(2))],
        }
        if self.dice.percent(20):
            case["boundary"] = self.policy(case_of)
        if self.dice.percent(40):
            case["resource_policy"] = self.policy(case_of, principals=True)
            case["required"] = self.dice.percent(50)
            case["owner"] = self.dice.of([ACCOUNT, ACCOUNT, OTHER_ACCOUNT])
        return case

    def policy(self, about: tuple[str, Any], *, principals: bool = False) -> dict[str, Any]:
        statements = [self.statement(*about) for _ in range(1 + self.dice.below(3))]
        for statement in statements if principals else ():
            statement["Principal"] = self.principal()
        alone = len(statements) == 1 and self.dice.percent(30)
        return {"Version": "2012-10-17", "Statement": statements[0] if alone else statements}

    def statement(self, action: str, context: dict[str, Any]) -> dict[str, Any]:
        statement: dict[str, Any] = {"Effect": self.dice.of(["Allow", "Allow", "Allow", "Deny"])}
        statement["NotAction" if self.dice.percent(10) else "Action"] = self.some(lambda: self.action(action))
        statement["NotResource" if self.dice.percent(10) else "Resource"] = self.some(lambda: self.resource(action))
        if self.dice.percent(50):
            statement["Condition"] = self.condition(context)
        return statement

    def some(self, make: Callable[[], str]) -> str | list[str]:
        """One value, or a list of some."""
        return make() if self.dice.percent(50) else [make() for _ in range(1 + self.dice.below(3))]

    def action(self, action: str) -> str:
        action = self.dice.of(list(ACTIONS)) if self.dice.percent(30) else action
        service, _, name = action.partition(":")
        near = (f"{name[:3]}*", f"*{name[-4:]}", f"{name[:-1]}?", f"?{name[1:]}", f"{name}?", "*")
        return self.dice.of([action, action.lower(), "*", *(f"{service}:{each}" for each in near)])

    def resource(self, action: str) -> str:
        arn = ACTIONS[action if self.dice.percent(80) else self.dice.of(list(ACTIONS))]
        return "*" if self.dice.percent(20) else self.near(arn)

    def near(self, value: str) -> str:
        """A pattern near a value: equal, wider, or just beside it."""
        cut = self.dice.below(len(value) + 1)
        end = cut + self.dice.below(len(value) - cut + 1)
        segments = value.split(":")
        segments[self.dice.below(len(segments))] = "*"
        return self.dice.of(
            [
                value,
                value,
                ":".join(segments),
                value[:cut] + "*",
                value[:cut] + "*" + value[end:],
                value[:cut] + "?" + value[cut + 1 :],
                value[:cut] + "?" + value[cut:],
                value.upper() if self.dice.percent(30) else value + "x",
                self.with_variable(value),
            ]
        )

    def with_variable(self, value: str) -> str:
        value = value.replace(ACCOUNT, "${aws:PrincipalAccount}").replace("team", "${aws:PrincipalTag/team}")
        return value.replace("web", self.dice.of(["web", "${aws:PrincipalTag/team}", "${ecs:Absent}"]))

    def condition(self, context: dict[str, Any]) -> dict[str, Any]:
        block: dict[str, Any] = {}
        for _ in range(1 + self.dice.below(2)):
            key = self.dice.of([*OPTIONAL, *ALWAYS])
            operator, wanted = self.comparison(key, context)
            block.setdefault(operator, {})[key if self.dice.percent(80) else key.lower()] = wanted
        return block

    def comparison(self, key: str, context: dict[str, Any]) -> tuple[str, str | list[str]]:
        value = context.get(key, ALWAYS.get(key)) or self.dice.of(OPTIONAL[key])
        if self.dice.percent(10):
            return "Null", self.dice.of(["true", "false"])
        operator, wanted = self.operator(self.dice.of(value) if isinstance(value, list) else value)
        quantifier = self.dice.of(["ForAllValues:", "ForAnyValue:"]) if isinstance(value, list) else ""
        return quantifier + operator + self.dice.of(["", "", "IfExists"]), wanted

    def operator(self, value: str) -> tuple[str, str | list[str]]:
        if value in ("true", "false"):
            return "Bool", self.dice.of(["true", "false", "True"])
        if value == SOURCE_IP:
            blocks = ["10.0.0.0/16", SOURCE_IP, "192.0.2.0/24"]
            return self.dice.of(["IpAddress", "NotIpAddress"]), self.some(lambda: self.dice.of(blocks))
        if value.startswith("20"):
            dates = [value, "2025-06-01T00:00:00Z", "2027-01-01T00:00:00+00:00", "1767225600"]
            return self.dice.of(DATES), self.dice.of(dates)
        if value.isdigit() and value != ACCOUNT:
            return self.dice.of(NUMBERS), self.dice.of([value, "9", "10.0", str(int(value) + 1)])
        return self.text_operator(value)

    def text_operator(self, value: str) -> tuple[str, str | list[str]]:
        if value.startswith("arn:") and self.dice.percent(70):
            return self.dice.of(ARNS), self.some(lambda: self.arn(value))
        if self.dice.percent(40):
            near = [value, value.upper(), value + "x", "*"]
            return self.dice.of(STRINGS), self.some(lambda: self.dice.of([*near, self.with_variable(value)]))
        return self.dice.of(GLOBS), self.some(lambda: self.near(value))

    def arn(self, value: str) -> str:
        """A pattern of six components; what fewer of them match, no page says."""
        pattern = self.near(value)
        return pattern if pattern.count(":") >= 5 else value

    def principal(self) -> str | dict[str, Any]:
        named = [ROLE, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/Other", OTHER_ACCOUNT]
        some = self.some(lambda: self.dice.of(named))
        choices: list[str | dict[str, Any]] = ["*", {"AWS": "*"}, {"AWS": some}, {"AWS": self.dice.of(named)}]
        return self.dice.of([*choices, {"Service": "ecs-tasks.amazonaws.com"}])
