"""How tasks reach the internet."""

from enum import Enum


class Egress(Enum):
    """How tasks reach the internet; the endpoints are there in any case, and nearer."""

    NONE = "none"
    """Not at all."""
    NAT_GATEWAY = "nat-gateway"
    """Through one NAT gateway, which fails with its Availability Zone."""
    NAT_GATEWAY_PER_AZ = "nat-gateway-per-az"
    """Through a NAT gateway in each Availability Zone."""
