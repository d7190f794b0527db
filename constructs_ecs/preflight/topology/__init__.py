"""The network as the templates describe it: who reaches whom, and by which path."""

from constructs_ecs.preflight.topology.assumptions import Assumptions
from constructs_ecs.preflight.topology.interfaces import (
    AwsService,
    Destination,
    InternetHost,
    NetworkInterface,
    Peer,
    Reach,
)
from constructs_ecs.preflight.topology.reach import Topology

__all__ = ["Assumptions", "AwsService", "Destination", "InternetHost", "NetworkInterface", "Peer", "Reach", "Topology"]
