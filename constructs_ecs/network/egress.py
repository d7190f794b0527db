"""How tasks reach the internet."""

from enum import Enum


class Egress(Enum):
    """How tasks reach the internet."""

    NONE = "none"
    """Not at all."""
    NAT_GATEWAY = "nat-gateway"
    """Through one NAT gateway, which fails with its Availability Zone."""
    NAT_GATEWAY_PER_AZ = "nat-gateway-per-az"
    """Through a NAT gateway in each Availability Zone."""
    TRANSIT_GATEWAY = "transit-gateway"
    """Through a Transit Gateway, to a way out elsewhere; declared of a VPC that exists, never made here."""
