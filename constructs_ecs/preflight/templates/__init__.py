"""Templates as one graph: read, conditions chosen, intrinsics resolved, names and ARNs written in one way."""
