"""Which values the conditions of a set of templates can have together.

A condition is a formula over questions whether a parameter, or a pseudo parameter, equals a text. Each parameter takes
in turn every text that it is compared with and, if it may have another value, one that stands for all others. So no
assignment has a parameter equal two texts, and each can come true.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, TypeAlias

from constructs_ecs.preflight.templates.choice import Choice
from constructs_ecs.preflight.templates.formulas import OTHER, Case, Formulas, Key, Variable
from constructs_ecs.preflight.templates.parameters import SSM
from constructs_ecs.preflight.templates.reader import Template
from constructs_ecs.preflight.templates.resolver import Resolver
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Unknown, text

MAX_ASSIGNMENTS: Final = 64
"""More are not looked at: the parameters that fewest conditions ask for stay open, and so do these conditions."""
_MAX_CASES: Final = 1_024
_MAX_WORK: Final = 200_000
"""Cases times formulas."""
_MAX_NEEDED: Final = 1_000
_MAX_CONDITIONS: Final = 10_000
"""With more conditions than this all stay open."""
_DECIDABLE: Final = ("AccountId", "Partition", "Region", "URLSuffix")
_WITHOUT_MEANING: Final = (
    "AWS::ApplicationAutoScaling::",
    "AWS::Backup::",
    "AWS::Budgets::",
    "AWS::CDK::",
    "AWS::CloudFront::",
    "AWS::CloudWatch::",
    "AWS::WAFv2::",
)
"""Resources that no task's start depends on: conditions that only they have do not matter."""


_Values: TypeAlias = tuple[str | None, ...]
_Vector: TypeAlias = tuple[Ternary, ...]


@dataclass(frozen=True, kw_only=True)
class _Domain:
    """What a variable can be.

    Args:
        variable: the variable.
        values: the texts that it is compared with and can have, and :data:`OTHER` if it can have more; its default
            first.
        symbol: the parameter or pseudo parameter that it is; None if it is made of some.
        others: the values that OTHER stands for, where the template lists the allowed values.
        default: its default.
    """

    variable: Variable
    values: _Values
    symbol: Symbol | None = None
    others: tuple[str, ...] = ()
    default: str | None = None


def choices(templates: Sequence[Template], assume: Mapping[str, str]) -> list[Choice]:
    """Return the feasible assignments of the conditions that matter, that of the defaults first.

    Args:
        templates: the templates.
        assume: parameters' values, by ``Parameter`` or ``Template#Parameter``.
    """
    given = dict(_given(templates, assume))
    needed = [(made.name, name) for made in templates for name in dict.fromkeys(_that_matter(made))]
    if not needed:
        return [Choice(parameters=given)]
    formulas = Formulas(templates, Resolver(templates, Choice(parameters=given, leave_open=True)))
    too_many = len(needed) > _MAX_NEEDED or sum(len(made.section("Conditions")) for made in templates) > _MAX_CONDITIONS
    used = Counter(variable for key in ([] if too_many else needed) for variable in formulas.variables(key))
    by_name = {made.name: made for made in templates}
    domains = [_domain(variable, formulas.compared[variable], by_name) for variable, _ in used.most_common()]
    fitting = _fitting(domains, len(needed) + formulas.size)
    found = _vectors(formulas, needed, fitting)
    while len(found) > MAX_ASSIGNMENTS:
        fitting.pop()
        found = _vectors(formulas, needed, fitting)
    return list(_choices(found, needed, fitting, given))


def _given(templates: Sequence[Template], assume: Mapping[str, str]) -> Iterator[tuple[Symbol, str]]:
    for made in templates:
        for name in made.section("Parameters"):
            value = assume.get(f"{made.name}#{name}", assume.get(name))
            if value is not None:
                yield Symbol(made.name, name, "Ref"), value


def _that_matter(made: Template) -> Iterator[str]:
    """The conditions that decide on resources, their properties, and the outputs that other templates can use."""
    if not made.section("Conditions"):
        return
    used: list[Any] = [raw for raw in made.resources.values() if not str(raw.get("Type")).startswith(_WITHOUT_MEANING)]
    used += [
        raw
        for raw in made.section("Outputs").values()
        if isinstance(raw, dict) and ("Export" in raw or made.parent is not None)
    ]
    for raw in used:
        if isinstance(raw.get("Condition"), str):
            yield raw["Condition"]
        yield from _ifs([raw.get("Properties"), raw.get("Value")])


def _ifs(values: list[Any]) -> Iterator[str]:
    pending = values
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            arguments = value.get("Fn::If")
            if isinstance(arguments, list) and arguments and isinstance(arguments[0], str):
                yield arguments[0]
            pending.extend(value.values())


def _domain(variable: Variable, compared: Iterable[str], templates: Mapping[str, Template]) -> _Domain:
    symbol = variable.identity if isinstance(variable, Unknown) else variable
    if not isinstance(symbol, Symbol):
        return _Domain(variable=variable, values=(OTHER, *compared))
    declared = _declared(symbol, templates)
    allowed = declared.get("AllowedValues")
    default = None if declared.get("Default") is None else str(text(declared["Default"]))
    values: list[str | None] = list(compared)
    others: tuple[str, ...] = ()
    if isinstance(allowed, list) and allowed:
        written = dict.fromkeys(str(text(value)) for value in allowed)
        others = tuple(value for value in written if value not in set(values))
        values = [value for value in values if value in written]
    if others or not allowed:
        values.append(OTHER)
    first = default if default in values else OTHER
    return _Domain(
        variable=variable,
        values=tuple(sorted(values, key=lambda value: value != first)),
        symbol=symbol if declared or (symbol.template == PSEUDO and symbol.attribute in _DECIDABLE) else None,
        others=others,
        default=default,
    )


def _declared(symbol: Symbol, templates: Mapping[str, Template]) -> dict[str, Any]:
    """A parameter's declaration; nothing if the symbol is none, or is what Systems Manager has under its value."""
    if symbol.template not in templates or symbol.attribute != "Ref":
        return {}
    declared = templates[symbol.template].section("Parameters").get(symbol.logical_id)
    read_later = isinstance(declared, dict) and str(declared.get("Type")).startswith(SSM)
    return declared if isinstance(declared, dict) and not read_later else {}


def _fitting(domains: Sequence[_Domain], formulas: int) -> list[_Domain]:
    """The domains that can be gone through in all combinations."""
    fitting: list[_Domain] = []
    cases = 1
    for domain in domains:
        cases *= len(domain.values)
        if cases > min(_MAX_CASES, _MAX_WORK // formulas):
            break
        fitting.append(domain)
    return fitting


def _vectors(formulas: Formulas, needed: Sequence[Key], domains: Sequence[_Domain]) -> dict[_Vector, list[_Values]]:
    """What the conditions can be together -> the variables' values that lead to it, the defaults first."""
    variables = [domain.variable for domain in domains]
    found: dict[_Vector, list[_Values]] = {}
    for values in product(*(domain.values for domain in domains)):
        case = Case(formulas, dict(zip(variables, values, strict=True)))
        found.setdefault(tuple(case.holds(key) for key in needed), []).append(values)
    return found


def _choices(
    found: Mapping[_Vector, list[_Values]], needed: Sequence[Key], domains: Sequence[_Domain], given: dict[Symbol, Any]
) -> Iterator[Choice]:
    names = ["#".join(key) for key in needed]
    varying = [place for place in range(len(needed)) if len({vector[place] for vector in found}) > 1]
    for vector, cases in found.items():
        open_ = [name for name, holds in zip(names, vector, strict=True) if holds is Ternary.UNKNOWN]
        decided = {
            domain.symbol: value
            for place, domain in enumerate(domains)
            if domain.symbol is not None and (value := _value(domain, [case[place] for case in cases])) is not None
        }
        yield Choice(
            parameters={**decided, **given},
            conditions=dict(zip(needed, vector, strict=True)),
            varying=tuple(
                (names[place], vector[place] is Ternary.YES)
                for place in varying
                if vector[place] is not Ternary.UNKNOWN
            ),
            notes=tuple(f"condition {name} cannot be decided, or is one of too many to go through" for name in open_),
        )


def _value(domain: _Domain, values: Sequence[str | None]) -> str | Unknown | None:
    """What a parameter is in an assignment; None where its default stays, or nothing is said of it."""
    symbol, default = domain.symbol, domain.default
    possible = {one for value in values for one in ((domain.others or (OTHER,)) if value is OTHER else (value,))}
    default_can_be = default in possible or (OTHER in possible and default not in domain.values)
    if symbol is None or (default is not None and default_can_be):
        return None
    if len(possible) == 1 and OTHER not in possible:
        return possible.pop()
    if symbol.template == PSEUDO:
        return None
    return Unknown(
        f"parameter {symbol.logical_id} of {symbol.template} has another value than the one compared", symbol
    )
