"""A state machine that runs the task of the template in which all is well."""

import json
from typing import Any

from tests.preflight.rules.support_tasks import Change, Resources

TOKEN = {"Name": "app", "Environment": [{"Name": "TOKEN", "Value.$": "$$.Task.Token"}]}
NETWORK = {"Fn::GetAtt": ["TaskSecurityGroup", "GroupId"]}
RUN = ["ecs:RunTask"]
FOLLOW = ["ecs:StopTask", "ecs:DescribeTasks"]
EVENTS = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]
PASS = ["iam:PassRole"]
ALL = [*RUN, *FOLLOW, *EVENTS, *PASS]


def arguments(**more: object) -> dict[str, Any]:
    """Return what the state asks ECS for; names in capitals and dollars are substituted."""
    return {
        "Cluster": "${Cluster}",
        "TaskDefinition": "${TaskDefinition}",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {"Subnets": ["${SubnetA}", "${SubnetB}"], "SecurityGroups": ["${Group}"]}
        },
    } | more


def runs_task(
    pattern: str = ".sync",
    given: object = None,
    key: str = "Parameters",
    actions: list[str] | None = None,
    **state: object,
) -> Change:
    """Add a state machine, whose role may take actions on all resources."""

    def change(resources: Resources) -> None:
        body = {
            "Type": "Task",
            "Resource": f"arn:aws:states:::ecs:runTask{pattern}",
            key: arguments() if given is None else given,
            "End": True,
        }
        definition = {"StartAt": "Run", "States": {"Run": body | state}}
        statement = {"Effect": "Allow", "Action": ALL if actions is None else actions, "Resource": "*"}
        resources["MachineRole"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "states.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                },
                "Policies": [
                    {
                        "PolicyName": "Run",
                        "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Sid": "Run"} | statement]},
                    }
                ],
            },
        }
        resources["Machine"] = {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": {"Fn::GetAtt": ["MachineRole", "Arn"]},
                "DefinitionString": json.dumps(definition),
                "DefinitionSubstitutions": {
                    "Cluster": {"Fn::GetAtt": ["Cluster", "Arn"]},
                    "TaskDefinition": {"Ref": "TaskDefinition"},
                    "SubnetA": {"Ref": "SubnetA"},
                    "SubnetB": {"Ref": "SubnetB"},
                    "Group": NETWORK,
                },
            },
        }

    return change
