"""Where a stack is deployed, as far as the templates say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_ecs.facts import regions
from constructs_ecs.preflight.templates.reader import Template
from constructs_ecs.preflight.values import PSEUDO, Symbol, Text

PARTITION: Final = Symbol(PSEUDO, "", "Partition")
ACCOUNT: Final = Symbol(PSEUDO, "", "AccountId")
REGION: Final = Symbol(PSEUDO, "", "Region")
DNS_SUFFIX: Final = Symbol(PSEUDO, "", "URLSuffix")


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where a stack is deployed.

    Stacks without a fixed environment share the symbols: they are taken to be deployed to one account and Region.

    Args:
        partition: ``aws``, or its symbol.
        account: the account id, or its symbol.
        region: the Region, or its symbol.
        dns_suffix: ``amazonaws.com``, or its symbol.
    """

    partition: Text
    account: Text
    region: Text
    dns_suffix: Text


def environment(template: Template, chosen: Mapping[Symbol, Any]) -> Environment:
    """Return a template's environment.

    Args:
        template: the template.
        chosen: the assignment's values of parameters and pseudo parameters.
    """
    region = chosen.get(REGION, REGION) if template.region is None else template.region
    fixed = isinstance(region, str)
    return Environment(
        partition=regions.partition(region) if fixed else chosen.get(PARTITION, PARTITION),
        account=chosen.get(ACCOUNT, ACCOUNT) if template.account is None else template.account,
        region=region,
        dns_suffix=regions.dns_suffix(region) if fixed else chosen.get(DNS_SUFFIX, DNS_SUFFIX),
    )
