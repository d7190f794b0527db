"""Templates in a few words, for the tests of the preflight."""

from typing import Any

from constructs_ecs.preflight.templates.documents import parse
from constructs_ecs.preflight.templates.graph import Graph, Resource, graphs
from constructs_ecs.preflight.templates.reader import Template, template

Body = dict[str, Any] | str | Template
"""Data, YAML, or a template that is made already; one without ``Resources`` is its resources."""


def templates(
    *bodies: Body, names: tuple[str, ...] = (), account: str | None = None, region: str | None = None
) -> tuple[Template, ...]:
    """Make templates; they are called Template, Template2 and so on, unless named."""
    made = []
    for place, body in enumerate(bodies):
        name = names[place] if place < len(names) else f"Template{place + 1 if place else ''}"
        if isinstance(body, Template):
            made.append(body)
        else:
            made.append(template(as_data(body), name, account=account, region=region))
    return tuple(made)


def as_data(body: dict[str, Any] | str) -> dict[str, Any]:
    """Return a template's data."""
    made: dict[str, Any] = parse(body, "template").body if isinstance(body, str) else body
    return made if "Resources" in made else {"Resources": made}


def graph(*bodies: Body, names: tuple[str, ...] = (), account: str | None = None, region: str | None = None) -> Graph:
    """Return the graph of the first feasible assignment, that of the parameters' defaults."""
    return graphs(templates(*bodies, names=names, account=account, region=region))[0]


def every_graph(*bodies: Body, assume: dict[str, str] | None = None) -> list[Graph]:
    """Return the graphs of all feasible assignments."""
    return graphs(templates(*bodies), assume)


def resource(within: Graph, logical_id: str, template: str = "Template") -> Resource:
    """Return a resource that is there."""
    found = within.resource(template, logical_id)
    assert found is not None, logical_id
    return found


def value(written: Any, *, beside: dict[str, Any] | None = None, **about: Any) -> Any:  # noqa: ANN401 - any value
    """Resolve a value, in a template of some more sections; ``written`` is data, or YAML.

    Args:
        written: the value.
        beside: the template's other sections, or its resources.
        **about: as for :func:`graph`.
    """
    within = as_data({} if beside is None else beside)
    return graph(within, **about).value("Template", data(written) if isinstance(written, str) else written)


def data(written: str) -> Any:  # noqa: ANN401 - any data
    """Return a value that is written in YAML."""
    return parse(f"It: {written}", "value").body["It"]


def services(count: int) -> dict[str, Any]:
    """Return a template of a private network, a cluster and some Fargate services that should all start."""
    resources: dict[str, Any] = {**_network(), "Cluster": {"Type": "AWS::ECS::Cluster"}}
    for number in range(count):
        resources |= _service(f"App{number}")
    return {
        "Parameters": {
            "Tag": {"Type": "String", "Default": "1.0"},
            "Stage": {"Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"]},
        },
        "Mappings": {"Sizes": {"dev": {"Count": 1}, "prod": {"Count": 2}}},
        "Resources": resources,
    }


def _network() -> dict[str, Any]:
    endpoints = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssmmessages")
    subnets = ("SubnetA", "SubnetB")
    return {
        "Vpc": _resource("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True),
        **{
            name: _resource(
                "EC2::Subnet",
                VpcId={"Ref": "Vpc"},
                CidrBlock={"Fn::Select": [place, {"Fn::Cidr": [{"Fn::GetAtt": "Vpc.CidrBlock"}, 4, 8]}]},
                AvailabilityZone={"Fn::Select": [place, {"Fn::GetAZs": ""}]},
            )
            for place, name in enumerate(subnets)
        },
        "RouteTable": _resource("EC2::RouteTable", VpcId={"Ref": "Vpc"}),
        **{
            f"{name}Routes": _resource(
                "EC2::SubnetRouteTableAssociation", SubnetId={"Ref": name}, RouteTableId={"Ref": "RouteTable"}
            )
            for name in subnets
        },
        "EndpointGroup": _resource(
            "EC2::SecurityGroup",
            VpcId={"Ref": "Vpc"},
            GroupDescription="endpoints",
            SecurityGroupIngress=[
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}}
            ],
        ),
        **{
            "".join(part.title() for part in name.split(".")) + "Endpoint": _resource(
                "EC2::VPCEndpoint",
                VpcId={"Ref": "Vpc"},
                VpcEndpointType="Interface",
                PrivateDnsEnabled=True,
                ServiceName={"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{name}"},
                SubnetIds=[{"Ref": subnet} for subnet in subnets],
                SecurityGroupIds=[{"Ref": "EndpointGroup"}],
            )
            for name in endpoints
        },
        "S3Endpoint": _resource(
            "EC2::VPCEndpoint",
            VpcId={"Ref": "Vpc"},
            ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
            RouteTableIds=[{"Ref": "RouteTable"}],
        ),
    }


def _service(name: str) -> dict[str, Any]:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": {"Fn::Sub": "ecs-tasks.amazonaws.com"}},
            }
        ],
    }
    repository = f"{name}Repository"
    return {
        repository: _resource("ECR::Repository", RepositoryName=name.lower()),
        f"{name}Logs": _resource("Logs::LogGroup", LogGroupName={"Fn::Sub": f"/ecs/${{Stage}}/{name}"}),
        f"{name}Secret": _resource("SecretsManager::Secret", GenerateSecretString={}),
        f"{name}Role": _resource("IAM::Role", AssumeRolePolicyDocument=trust),
        f"{name}TaskRole": _resource(
            "IAM::Role",
            AssumeRolePolicyDocument=trust,
            Policies=[
                {
                    "PolicyName": "exec",
                    "PolicyDocument": _policy(
                        _allow(
                            [
                                "ssmmessages:CreateControlChannel",
                                "ssmmessages:CreateDataChannel",
                                "ssmmessages:OpenControlChannel",
                                "ssmmessages:OpenDataChannel",
                            ],
                            "*",
                        )
                    ),
                }
            ],
        ),
        f"{name}Policy": _resource(
            "IAM::Policy",
            PolicyName=name,
            Roles=[{"Ref": f"{name}Role"}],
            PolicyDocument=_policy(
                _allow(["ecr:GetAuthorizationToken"], "*"),
                _allow(
                    ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
                    {"Fn::GetAtt": [repository, "Arn"]},
                ),
                _allow(["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::GetAtt": [f"{name}Logs", "Arn"]}),
                _allow(["secretsmanager:GetSecretValue"], {"Ref": f"{name}Secret"}),
            ),
        ),
        f"{name}Group": _resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, GroupDescription=name),
        f"{name}Task": _resource(
            "ECS::TaskDefinition",
            Family=name,
            Cpu="256",
            Memory="512",
            NetworkMode="awsvpc",
            RequiresCompatibilities=["FARGATE"],
            ExecutionRoleArn={"Fn::GetAtt": [f"{name}Role", "Arn"]},
            TaskRoleArn={"Fn::GetAtt": [f"{name}TaskRole", "Arn"]},
            ContainerDefinitions=[
                {
                    "Name": "main",
                    "Essential": True,
                    "Image": {
                        "Fn::Join": [
                            "",
                            [
                                {"Fn::Select": [4, {"Fn::Split": [":", {"Fn::GetAtt": [repository, "Arn"]}]}]},
                                ".dkr.ecr.",
                                {"Fn::Select": [3, {"Fn::Split": [":", {"Fn::GetAtt": [repository, "Arn"]}]}]},
                                ".",
                                {"Ref": "AWS::URLSuffix"},
                                "/",
                                {"Ref": repository},
                                ":",
                                {"Ref": "Tag"},
                            ],
                        ]
                    },
                    "Secrets": [{"Name": "TOKEN", "ValueFrom": {"Fn::Sub": f"${{{name}Secret}}:token::"}}],
                    "LogConfiguration": {
                        "LogDriver": "awslogs",
                        "Options": {
                            "awslogs-group": {"Ref": f"{name}Logs"},
                            "awslogs-region": {"Ref": "AWS::Region"},
                            "awslogs-stream-prefix": name,
                        },
                    },
                }
            ],
        ),
        f"{name}Service": {
            "DependsOn": [f"{name}Policy"],
            **_resource(
                "ECS::Service",
                Cluster={"Ref": "Cluster"},
                TaskDefinition={"Ref": f"{name}Task"},
                LaunchType="FARGATE",
                EnableExecuteCommand=True,
                DesiredCount={"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Count"]},
                NetworkConfiguration={
                    "AwsvpcConfiguration": {
                        "Subnets": [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}],
                        "SecurityGroups": [{"Ref": f"{name}Group"}],
                    }
                },
            ),
        },
    }


def _resource(type_: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - properties
    return {"Type": f"AWS::{type_}", "Properties": properties}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(actions: list[str], target: Any) -> dict[str, Any]:  # noqa: ANN401 - any value
    return {"Effect": "Allow", "Action": actions, "Resource": target}
