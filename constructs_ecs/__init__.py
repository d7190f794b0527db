"""Constructs for Amazon ECS in private networks."""
