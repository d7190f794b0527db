"""The condition keys that statements tell apart: which values to try, and how to say which of them fit."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from constructs_ecs.preflight.iam.conditions import ContextValue
from constructs_ecs.preflight.iam.documents import Statement
from constructs_ecs.preflight.values import Unknown
from tests.emulator.roles_resources import OTHER_ACCOUNT, OTHER_REGION
from tests.emulator.server import ACCOUNT, REGION

Keys = dict[str, ContextValue]


def contexts(relevant: Iterable[Statement], given: Iterable[str]) -> list[Keys]:
    """Every combination of what statements tell apart, beyond the keys that each request has anyway."""
    known = {key.lower() for key in given}
    wanted: dict[str, set[str]] = {}
    for statement in relevant:
        assert not isinstance(statement.conditions, Unknown)
        for condition in statement.conditions:
            assert not isinstance(condition.values, Unknown)
            if condition.key.lower() not in known:
                wanted.setdefault(condition.key, set()).update(map(str, condition.values))
    tried = [[None, *_like(values)] for values in wanted.values()]
    return [dict(zip(wanted, each, strict=True)) for each in product(*tried)]


def _like(values: Iterable[str]) -> list[str]:
    """Values that fit what was written, and values of the kind that do not."""
    fitting = {each.replace("*", "any").replace("?", "x") for each in values}
    elsewhere = {each.replace(REGION, OTHER_REGION) for each in fitting} | {
        each.replace(ACCOUNT, OTHER_ACCOUNT) for each in fitting
    }
    return sorted(fitting | elsewhere | {f"{each}0" for each in fitting})


def in_words(tried: Sequence[Keys], fitting: Sequence[Keys], names: Mapping[str, str]) -> list[str]:
    """Say which contexts fit, by the keys on which it depends; one empty text if it depends on none."""
    keys = [key for key in (tried[0] if tried else ()) if _depends(key, tried, fitting)]
    return sorted({" and ".join(_said(key, each[key], names) for key in keys) for each in fitting})


def _depends(key: str, tried: Sequence[Keys], fitting: Sequence[Keys]) -> bool:
    """Whether another value of the key makes a difference anywhere."""
    fits = {tuple(each.items()) for each in fitting}
    rest: dict[tuple[object, ...], set[bool]] = {}
    for each in tried:
        others = tuple(item for item in each.items() if item[0] != key)
        rest.setdefault(others, set()).add(tuple(each.items()) in fits)
    return any(len(answers) > 1 for answers in rest.values())


def _said(key: str, value: ContextValue, names: Mapping[str, str]) -> str:
    return f"no {key}" if value is None else f"{key} is {names.get(str(value), str(value))}"
