"""The same work, done in four ways: a private network with an audited cluster, and services on Fargate in it."""
