"""T07: a pull-through cache rule that ECR does not take, or cannot log in with."""

import re
from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.caches import RULE
from constructs_ecs.preflight.rules.secret_contents import SECRET, contents
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Unknown, is_known, parts_of

_PREFIX: Final = "ecr-pullthroughcache/"
_KEYS: Final = ("username", "accessToken")
_AWS_MANAGED: Final = "aws/secretsmanager"
_WITHOUT_CACHES: Final = re.compile(r"(cn|us-gov)-.+")
_NAME_IN_ARN: Final = re.compile(r"arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(?P<name>.+)", re.DOTALL)


class CacheCredentials(Rule):
    """A pull-through cache rule has credentials that Amazon ECR cannot use, or is where there are no caches."""

    id = "T07"
    severity = Severity.WARNING
    statement = (
        f"The secret of a pull-through cache rule is not named {_PREFIX}..., has an own key, or lacks "
        f"{' or '.join(_KEYS)}; or the rule is in a Region of China or AWS GovCloud."
    )
    symptom = "The rule is refused, or every pull through it fails: the credentials cannot be used."
    decided_by = (
        "CredentialArn, Name, KmsKeyId, SecretString and GenerateSecretString of the secret in the templates, and the "
        "Region where it is known. Not what is in a secret that is filled in later."
    )
    fix = f"Name the secret {_PREFIX}..., with the key of AWS and the keys {' and '.join(_KEYS)}, for {{the rule}}."
    source = "Amazon ECR user guide, Storing your upstream repository credentials"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the rules and their secrets."""
        for rule in context.graph.resources(RULE):
            region = context.graph.environment(rule.template).region
            if isinstance(region, str) and _WITHOUT_CACHES.fullmatch(region):
                yield self.finding(rule.where, f"{region} has no pull-through caches.")
            credentials = as_text(rule.get("CredentialArn"))
            secret = context.graph.target(credentials, SECRET)
            name = _name(credentials) if secret is None else _given_name(secret)
            if name is not None and not name.startswith(_PREFIX):
                yield self.finding(rule.where, f"Its secret is named {name or 'by CloudFormation'}, not {_PREFIX}...")
            for problem in () if secret is None else _problems(context.graph, secret):
                yield self.finding(rule.where, f"Its secret {problem}.")


def _name(credentials: object) -> str | None:
    """Return the beginning of the name that a literal ARN has; None if it shows none."""
    match = _NAME_IN_ARN.fullmatch(credentials) if isinstance(credentials, str) else None
    return None if match is None else match["name"]


def _given_name(secret: Resource) -> str | None:
    """Return the literal beginning of a secret's name, empty where CloudFormation makes it up; None if not known."""
    name = as_text(secret.get("Name"))
    if name is None:
        return ""
    first = parts_of(name)[0]
    # A name that begins with a symbol, or is shorter than the prefix before one, may still turn out right.
    if not isinstance(first, str) or (not isinstance(name, str) and _PREFIX.startswith(first)):
        return None
    return first


def _problems(graph: Graph, secret: Resource) -> Iterator[str]:
    key = as_text(secret.get("KmsKeyId"))
    if key is not None and is_known(key) and _AWS_MANAGED not in str(key):
        yield "is encrypted with an own key"
    found = contents(graph, secret)
    missing = [] if isinstance(found, Unknown) else [name for name in _KEYS if not (found or {}).get(name)]
    if missing:
        yield f"lacks {' and '.join(missing)}"
