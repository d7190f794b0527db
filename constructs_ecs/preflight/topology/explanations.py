"""The codes of VPC Reachability Analyzer that the preflight's faults correspond to.

Source: VPC Reachability Analyzer guide, "Explanation codes". Names that are not resolved and private DNS have none.
"""

from typing import Final

NO_ROUTE: Final = "NO_ROUTE_TO_DESTINATION"
BAD_ROUTE: Final = "BAD_STATE_ROUTE"
NO_PUBLIC_IP: Final = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
RULES_MISMATCH: Final = "ENI_SG_RULES_MISMATCH"
NO_RULES: Final = "SG_HAS_NO_RULES"
NETWORK_ACL: Final = "SUBNET_ACL_RESTRICTION"
