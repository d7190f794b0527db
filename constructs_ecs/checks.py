"""Let an app's synthesis fail on findings: the cdk-nag packs that fit ECS in a private network, in one call.

Acknowledge a finding that is right to stay on its own resource, with
``cdk.Validations.of(resource).acknowledge(cdk.Acknowledgment(id="AwsSolutions::AwsSolutions-SMG4", reason="..."))``.
"""

from collections.abc import Iterable
from enum import Enum

import aws_cdk as cdk
import cdk_nag
from constructs import Construct

from constructs_ecs.errors import Code, ConflictError


class NagPack(Enum):
    """A cdk-nag rule pack; the value is its name in reports and acknowledgements."""

    AWS_SOLUTIONS = "AwsSolutions"
    NIST_800_53_R5 = "NIST.800.53.R5"
    HIPAA_SECURITY = "HIPAA.Security"
    PCI_DSS_321 = "PCI.DSS.321"


def enforce_best_practices(app: Construct, *, packs: Iterable[NagPack] = tuple(NagPack)) -> None:
    """Make synthesis fail when a pack finds something that is not acknowledged; a rule that errors is a finding.

    The CDK's own template validator runs beside the packs; it fails synthesis too where the feature flag
    ``@aws-cdk/core:validateAgainstDefaultRules`` is on.

    Args:
        app: the app; a pack that is registered on less validates the whole app again.
        packs: which packs; all of them by default.

    Raises:
        ConflictError: ECS047, given a stage, stack or construct instead of the app.

    Source: cdk-nag 3, README and MIGRATION; aws-cdk-lib, ``Validations``.
    """
    if not isinstance(app, cdk.App):
        raise ConflictError(
            Code.CHECKS_SCOPE,
            f"Rule packs validate the whole app and are attached to it once; got {type(app).__name__} {app.node.path}.",
            "Call enforce_best_practices(app).",
        )
    cdk.Validations.of(app).add_plugins(*(_plugin(app, pack) for pack in packs))


def _plugin(app: cdk.App, pack: NagPack) -> cdk_nag.NagPack:
    match pack:
        case NagPack.AWS_SOLUTIONS:
            return cdk_nag.AwsSolutionsChecks(app)
        case NagPack.NIST_800_53_R5:
            return cdk_nag.NIST80053R5Checks(app)
        case NagPack.HIPAA_SECURITY:
            return cdk_nag.HIPAASecurityChecks(app)
        case NagPack.PCI_DSS_321:
            return cdk_nag.PCIDSS321Checks(app)
