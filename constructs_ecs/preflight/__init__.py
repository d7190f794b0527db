"""Prove from CloudFormation templates alone that each ECS task will start and can be exec'd into."""
