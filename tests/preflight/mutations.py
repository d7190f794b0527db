"""What is broken in the sample app's templates, one thing at a time, and which rule has to find it.

Each of them follows from the facts that the rules rest on, not from what the preflight says.
"""

from collections.abc import Iterator
from typing import Final

from stacks.settings import Variant
from tests.preflight import changes as do
from tests.preflight.mutating import Change, Mutation

ISOLATED: Final = Variant.ISOLATED
REGISTRY: Final = Variant.REGISTRY

ENDPOINTS: Final = {
    "EcrApi": "N01",
    "EcrDocker": "N02",
    "Logs": "N07 X07",
    "SsmMessages": "X03",
    "Kms": "X06",
    "Ecs": "C01",
    "EcsAgent": "C01",
    "EcsTelemetry": "C01",
}
"""The interface endpoints that a launch in the isolated variant depends on, and what finds them missing."""

KNOWN_MISSES: Final[dict[str, str]] = {}
"""What can be decided and is not found, or not by the right rules, and why."""

_EXECUTION = {
    "ecr:GetAuthorizationToken": "R03",
    "ecr:BatchGetImage": "R03",
    "ecr:GetDownloadUrlForLayer": "R03",
    "logs:CreateLogStream": "R07",
    "logs:PutLogEvents": "R07",
}
_PRIVATE_REGISTRY = {"secretsmanager:GetSecretValue": "R04", "kms:Decrypt": "R06"}
_TASK = {
    "ssmmessages:CreateControlChannel": "X02",
    "ssmmessages:CreateDataChannel": "X02",
    "ssmmessages:OpenControlChannel": "X02",
    "ssmmessages:OpenDataChannel": "X02",
    "kms:Decrypt": "X06",
    "kms:GenerateDataKey": "X07",
    "logs:DescribeLogGroups": "X07",
    "logs:CreateLogStream": "X07",
    "logs:DescribeLogStreams": "X07",
    "logs:PutLogEvents": "X07",
    "s3:GetEncryptionConfiguration": "X07",
    "s3:GetBucketLocation": "X07",
    "s3:PutObject": "X07",
}
_SESSIONS = "NetworkSsmMessagesEndpoint"
_INSTANCE = {
    "ecs:DiscoverPollEndpoint": "C02",
    "ecs:RegisterContainerInstance": "C02",
    "ecs:SubmitContainerStateChange": "C02",
    "ecs:SubmitTaskStateChange": "C02",
    "ecs:Poll": "C02",
    "ecs:StartTelemetrySession": "C02",
}


def breaking() -> tuple[Mutation, ...]:
    """What a launch or ECS Exec depends on, broken."""
    return (*_endpoints(), *_groups(), *_network(), *_grants(), *_roles(), *_keys(), *_instances(), *_tasks())


def harmless() -> tuple[Mutation, ...]:
    """Changes that no launch depends on."""
    vpc, logs = "NetworkVpc", "NetworkLogsEndpoint"
    instances, web = "ClusterInstancesInstanceRolePolicy", "WebService"
    tags = [{"Key": "Stage", "Value": "test"}]
    every = ("Unrelated", "AWS::S3::Bucket"), ("Unrelated", "AWS::SNS::Topic"), ("Unrelated", "AWS::CloudWatch::Alarm")
    extra = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    unrelated = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}
    closed = {"Type": "AWS::EC2::SecurityGroup", "Properties": do.CLOSED_GROUP}
    open_acl = (do.entry(100, egress=True), do.entry(100, egress=False))
    own = {"CidrBlock": "10.9.0.0/16", "EnableDnsSupport": False}
    changes: dict[str, Change] = {
        **{f"a {kind} more": do.more("Network", name, kind) for name, kind in every},
        "a closed security group that nothing uses": lambda s: s.add("Cluster", Unrelated=closed),
        "a VPC without DNS that nothing uses": do.more("Network", "Unrelated", "AWS::EC2::VPC", **own),
        "an endpoint that nothing needs, without private DNS": do.unneeded_endpoint,
        "a network ACL that lets all through": lambda s: do.acl(s, *open_acl),
        "tags on the VPC": do.put(vpc, Tags=tags),
        "tags on the service": do.put(web, Tags=tags),
        "another description": do.put("NetworkEndpointSecurityGroup", GroupDescription="Other words"),
        "the order of an endpoint's properties": lambda s: do.reverse(s.properties(logs)),
        "the order of statements": lambda s: s.statements("WebTaskTaskRolePolicy").reverse(),
        "no endpoint for ssm": do.remove("NetworkSsmEndpoint"),
        "no flow log": do.remove("NetworkFlowLog"),
        "an endpoint without a policy": do.drop(logs, "PolicyDocument"),
        "a permission more": lambda s: s.statements(instances).append(extra),
        "something else denied": lambda s: s.statements("WebTaskExecutionRolePolicy").append(unrelated),
        "no way between the services": do.no_way_between_services,
        "no rotation of the key": do.put("Key", EnableKeyRotation=False),
        "logs kept for a week": do.put("WebTaskLogGroup", RetentionInDays=7),
        "a log group without a key": do.drop("WebTaskLogGroup", "KmsKeyId"),
        "no DependsOn but the load balancer's, as the roles refer to their policies": do.waits_for_listener_only,
        "ten tasks": do.put(web, DesiredCount=10),
        "no circuit breaker": do.drop(web, "DeploymentConfiguration"),
        "a public address asked for in private subnets": do.public_address,
        "more memory": do.put("WebTaskTaskDefinition", Memory="4096"),
        "another tag of the image": lambda s: s.container("Web").update(Image=do.tagged(s.container("Web")["Image"])),
        "no health check": lambda s: s.container("Web").pop("HealthCheck"),
        "an environment variable": do.contain(Environment=[{"Name": "STAGE", "Value": "test"}]),
        "no termination protection": do.unprotected,
        "instances: more user data": do.more_user_data,
    }
    for action in (
        "ssm:UpdateInstanceInformation",
        "ecs:UpdateContainerInstancesState",
        "ecs:DeregisterContainerInstance",
    ):
        changes[f"the instances: no {action}"] = do.forbid(instances, action)
    changes["Web: no ecr:BatchCheckLayerAvailability"] = do.forbid(
        "WebTaskExecutionRolePolicy", "ecr:BatchCheckLayerAvailability"
    )
    behind_nat: dict[str, Change] = {
        f"no {name} endpoint, but a NAT gateway": do.remove(f"Network{name}Endpoint")
        for name in ("SecretsManager", "Ecs", "EcsAgent", "EcsTelemetry")
    }
    private = do.put("NetworkSecretsManagerEndpoint", PrivateDnsEnabled=False)
    behind_nat["an endpoint without private DNS, but a NAT gateway"] = private
    return (
        *(_isolated(name, "", change) for name, change in changes.items()),
        *(_registry(name, "", change) for name, change in behind_nat.items()),
    )


def warned() -> tuple[Mutation, ...]:
    """What may fail, or later: a rule says so, and the launch is not called a failure."""
    keys = [{"Name": "AWS_ACCESS_KEY_ID", "Value": "given"}]
    changes: tuple[tuple[str, str, Change], ...] = (
        (
            "the instances: no metadata",
            "C05",
            lambda s: do.launch(s)["MetadataOptions"].update(HttpEndpoint="disabled"),
        ),
        ("the capacity provider is not the cluster's", "C06", do.no_capacity),
        ("access keys in the environment", "X05", do.contain(Environment=keys)),
        ("an endpoint in one subnet only", "N23", lambda s: s.properties(_SESSIONS)["SubnetIds"].pop()),
        ("a log group by its name", "T01", do.log_by_name),
        ("no use of the log's key", "R10", do.no_log_key),
    )
    return tuple(
        Mutation(name=name, variant=ISOLATED, change=change, warnings=frozenset({rule}))
        for name, rule, change in changes
    )


def undecidable() -> tuple[Mutation, ...]:
    """What may break a launch, and no template can tell: each must not be called a failure, nor count as caught."""
    definition, route = "WebTaskTaskDefinition", "NetworkFirstTaskSubnetDefaultRoute"
    transit = {"NatGatewayId": None, "TransitGatewayId": "tgw-0123456789abcdef0"}
    boundary = "arn:aws:iam::123456789012:policy/Boundary"
    policy = {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*"}]}
    changes: tuple[tuple[Variant, str, Change, str], ...] = (
        (
            REGISTRY,
            "default route to a transit gateway",
            do.reroute(route, transit),
            "what lies behind it is elsewhere",
        ),
        (
            ISOLATED,
            "a permissions boundary",
            do.put("WebTaskExecutionRole", PermissionsBoundary=boundary),
            "its text is not here",
        ),
        (
            ISOLATED,
            "a policy on ecs-agent",
            do.put("NetworkEcsAgentEndpoint", PolicyDocument=policy),
            "no page says what it does",
        ),
        (
            REGISTRY,
            "no registry credentials",
            lambda s: s.container("Web").pop("RepositoryCredentials"),
            "it may be public",
        ),
        (ISOLATED, "ARM images on x86 instances", do.x86_instances, "what an image is made for is not in templates"),
        (ISOLATED, "32 vCPU", do.put(definition, Cpu="32768", Memory="61440"), "sources disagree"),
    )
    return tuple(
        Mutation(name=name, variant=variant, change=change, undecidable=why) for variant, name, change, why in changes
    )


def _endpoints() -> Iterator[Mutation]:
    for name, rule in ENDPOINTS.items():
        endpoint = f"Network{name}Endpoint"
        yield _isolated(f"{name} endpoint removed", rule, do.remove(endpoint))
        yield _isolated(f"{name} endpoint: private DNS off", "N09", do.put(endpoint, PrivateDnsEnabled=False))
        yield _isolated(f"{name} endpoint: private DNS not given", "N09", do.drop(endpoint, "PrivateDnsEnabled"))
        yield _isolated(
            f"{name} endpoint: the default security group", "N11 N12", do.drop(endpoint, "SecurityGroupIds")
        )
        yield _isolated(f"{name} endpoint: another Region's", rule, do.other_region(endpoint))
        if name not in ("EcsAgent", "EcsTelemetry"):
            yield _isolated(f"{name} endpoint: policy for another account", "N13", do.other_account(endpoint))
    storage = "NetworkS3Endpoint"
    yield _isolated("S3 endpoint removed", "N03 X07", do.remove(storage))
    yield _isolated(
        "S3 endpoint: off one route table", "N03 X07", lambda s: s.properties(storage)["RouteTableIds"].pop()
    )
    yield _isolated("S3 endpoint: layers not allowed", "N04", lambda s: s.statements(storage).pop(0))
    yield _isolated("S3 endpoint: another Region's layers", "N04", do.other_layers)
    yield _isolated("S3 endpoint: own buckets not allowed", "N13", lambda s: s.statements(storage).pop(1))


def _groups() -> Iterator[Mutation]:
    into, to, storage = "NetworkClientsIntoEndpoints", "NetworkClientsToEndpoints", "NetworkClientsToS3"
    yield _isolated("no rule into the endpoints", "N11", do.remove(into))
    yield _isolated("the rule into the endpoints: port 80", "N11", do.put(into, FromPort=80, ToPort=80))
    yield _isolated("the rule into the endpoints: UDP", "N11", do.put(into, IpProtocol="udp"))
    yield _isolated("the rule into the endpoints: from elsewhere", "N11", do.from_elsewhere(into))
    yield _isolated("no rule from the clients", "N12", do.remove(to))
    yield _isolated("the rule from the clients: port 8443", "N12", do.put(to, FromPort=8443, ToPort=8443))
    yield _isolated("no rule from the clients to S3", "N12", do.remove(storage))
    for service in do.SERVICES:
        yield _isolated(f"{service}: without the clients' group", "N11 N12", do.ungroup(service))
    yield _isolated("the instances: without the clients' group", "N11 N12", do.ungroup_instances)
    yield _registry("Web: no rule to the internet", "N12", do.close("WebSecurityGroup"))
    yield _registry("the instances: no rule to the internet", "N12", do.close("ClusterInstancesSecurityGroup"))


def _network() -> Iterator[Mutation]:
    vpc = "NetworkVpc"
    yield _isolated("VPC: no DNS", "N10", do.put(vpc, EnableDnsSupport=False))
    yield _isolated("VPC: DNS host names not given", "N10", do.drop(vpc, "EnableDnsHostnames"))
    association = "NetworkFirstTaskSubnetRouteTableAssociation"
    yield _isolated("a subnet: main route table", "N03 X07", do.remove(association))
    yield _isolated("a network ACL that lets nothing through", "N18", do.acl)
    yield _isolated("a network ACL that lets no reply in", "N18", lambda s: do.acl(s, do.entry(100, egress=True)))
    deny = do.entry(50, egress=True, RuleAction="deny", Protocol=6, PortRange={"From": 443, "To": 443})
    both = (do.entry(100, egress=True), do.entry(100, egress=False))
    yield _isolated("a network ACL that denies 443", "N18", lambda s: do.acl(s, deny, *both))
    nat = "NetworkFirstPublicSubnetNATGateway"
    yield _registry("no route to the NAT gateway", "N08", do.remove("NetworkFirstTaskSubnetDefaultRoute"))
    yield _registry("NAT gateway: private", "N16", do.put(nat, ConnectivityType="private"))
    yield _registry("NAT gateway: in a task's subnet", "N16", do.nat_inside)
    yield _registry("no internet gateway", "N16", do.remove("NetworkInternetGatewayAttachment"))
    public = "NetworkFirstPublicSubnet"
    yield _registry("public subnet: no default route", "N16", do.remove(f"{public}DefaultRoute"))
    yield _registry("public subnet: main table", "N16", do.remove(f"{public}RouteTableAssociation"))
    yield _isolated("EcrApi endpoint: in another VPC", "N01", do.other_vpc)
    yield _registry("Web: in the public subnet, no public address", "N14", do.in_public)


def _grants() -> Iterator[Mutation]:
    for service in do.SERVICES:
        execution, task = f"{service}TaskExecutionRolePolicy", f"{service}TaskTaskRolePolicy"
        for action, rule in _EXECUTION.items():
            yield _isolated(f"{service}: no {action}", rule, do.forbid(execution, action))
        for action, rule in _PRIVATE_REGISTRY.items():
            yield _registry(f"{service}: no {action}", rule, do.forbid(execution, action))
        for action, rule in _TASK.items():
            yield _isolated(f"{service}: no {action} for the task", rule, do.forbid(task, action))
        for action, rule in (("ecr:*", "R03"), ("logs:Put*", "R07")):
            yield _isolated(f"{service}: {action} denied", rule, do.deny(execution, action))
        yield _registry(f"{service}: the secret denied", "R04", do.deny(execution, "secretsmanager:*"))
        yield _isolated(f"{service}: exec denied", "X02", do.deny(task, "ssmmessages:*"))
    for action, rule in _INSTANCE.items():
        yield _isolated(f"the instances: no {action}", rule, do.forbid("ClusterInstancesInstanceRolePolicy", action))
    yield _isolated("Web may pull another image", "R03", do.grant_of_other("ecr:BatchGetImage"))
    yield _isolated("Web may write another log", "R07", do.grant_of_other("logs:PutLogEvents"))
    yield _isolated("the instances may poll for another cluster", "C02", do.other_cluster)


def _roles() -> Iterator[Mutation]:
    yield _isolated("Web: no execution role", "R01", do.drop("WebTaskTaskDefinition", "ExecutionRoleArn"))
    yield _isolated("Web: no task role", "X01", do.drop("WebTaskTaskDefinition", "TaskRoleArn"))
    yield _isolated("Worker: no execution role", "R03 R07", do.drop("WorkerTaskTaskDefinition", "ExecutionRoleArn"))
    yield _isolated("Worker: no task role", "X06 X07", do.drop("WorkerTaskTaskDefinition", "TaskRoleArn"))
    for service in do.SERVICES:
        for role in ("ExecutionRole", "TaskRole"):
            name = f"{service}Task{role}"
            yield _isolated(f"{name}: trusts ec2", "R02", do.trust(name, Principal={"Service": "ec2.amazonaws.com"}))
            elsewhere = {"StringEquals": {"aws:SourceAccount": do.OTHER_ACCOUNT}}
            yield _isolated(f"{name}: trusts another account's tasks", "R02", do.trust(name, Condition=elsewhere))
            far = {"ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:123456789012:*"}}
            yield _isolated(f"{name}: trusts another Region's tasks", "R02", do.trust(name, Condition=far))


def _keys() -> Iterator[Mutation]:
    yield _registry("the key leaves nothing to IAM", "R06", do.no_delegation("Key"))
    yield _isolated("the audit key leaves nothing to IAM", "X06 X07", do.no_delegation("ExecAuditKey"))
    for key in ("Key", "ExecAuditKey"):
        yield _isolated(f"{key}: not for CloudWatch Logs", "R10", do.no_logs(key))
        yield _isolated(f"{key}: for another Region's logs", "R10", do.other_logs(key))


def _instances() -> Iterator[Mutation]:
    yield _isolated("the instances: no role", "C02", lambda s: do.launch(s).pop("IamInstanceProfile"))
    yield _isolated("the instances: no user data", "C03", lambda s: do.launch(s).pop("UserData"))
    yield _isolated(
        "the instances: another cluster's", "C03", do.user_data("echo ECS_CLUSTER=other >> /etc/ecs/ecs.config")
    )
    yield _isolated("the instances: no cluster", "C03", do.user_data("yum update"))
    other = {"Service": "lambda.amazonaws.com"}
    role = "ClusterInstancesInstanceRole"
    yield _isolated("the instances: the role trusts others", "C02", do.trust(role, Principal=other))
    yield _registry("the instances: in the public subnet, no public address", "C04", do.instances_in_public)
    yield _isolated("the instances: x86, with a machine image for Arm", "C08", do.instance_type)
    protected = "NewInstancesProtectedFromScaleIn"
    yield _isolated("the instances: protected, by a group that does not", "C07", do.drop(do.GROUP, protected))


def _tasks() -> Iterator[Mutation]:
    definition = "WebTaskTaskDefinition"
    for cpu, memory in (("512", "8192"), ("300", "1024"), ("256", "4096"), ("8192", "17000")):
        yield _isolated(f"Web: {cpu} CPU, {memory} MiB", "T06", do.put(definition, Cpu=cpu, Memory=memory))
    yield _isolated("Web: no CPU", "T06", do.drop(definition, "Cpu"))
    yield _isolated("Web: 500 GiB of storage", "T06", do.put(definition, EphemeralStorage={"SizeInGiB": 500}))
    yield _isolated("Web: bridge", "T06 T11", do.put(definition, NetworkMode="bridge"))
    yield _isolated("Web: a container behind the load balancer that it has not", "T11", do.behind(ContainerName="web"))
    yield _isolated("Web: a port behind the load balancer that it has not", "T11", do.behind(ContainerPort=9090))
    yield _isolated("Web: privileged", "T06", do.contain(Privileged=True))
    for option in ("awslogs-group", "awslogs-stream-prefix", "awslogs-region"):
        yield _isolated(f"Web: no {option}", "T02", do.no_option(option))
    yield _isolated("Web: logs to a file", "T02", lambda s: do.log(s).update(LogDriver="json-file"))
    yield _isolated(
        "Web: logs to another Region", "N19 R07", lambda s: do.log(s)["Options"].update({"awslogs-region": "eu-west-1"})
    )
    for image in ("public.ecr.aws/nginx/nginx:1", "nginx:1", "ghcr.io/owner/name:1"):
        yield _isolated(f"Web: image {image}", "N08", do.contain(Image=image))
    yield _isolated("Web: read-only", "X04", do.contain(ReadonlyRootFilesystem=True))
    old = do.put("WebService", PlatformVersion="1.3.0")
    yield _isolated("Web: platform version 1.3.0", "X08", old)
    written = "GenerateSecretString"
    secret = "RegistryCredentialsSecret"  # noqa: S105 - a logical id
    yield _registry("the secret: no user name", "T03", do.nested(secret, written, SecretStringTemplate="{}"))
    yield _registry("the secret: token, no password", "T03", do.nested(secret, written, GenerateStringKey="token"))
    yield _registry("the secret: only a password", "T03", do.put(secret, GenerateSecretString={}))
    yield _isolated("exec: another key", "X06", do.use_for_exec(KmsKeyId={"Fn::GetAtt": ["Unrelated", "Arn"]}))
    yield _isolated("exec: another log group", "X07", do.audit(CloudWatchLogGroupName="AWS::Logs::LogGroup"))
    yield _isolated("exec: another bucket", "X07", do.audit(S3BucketName="AWS::S3::Bucket"))
    yield _isolated("exec: the bucket takes nothing", "X07", do.bucket_denies)
    yield _isolated("exec log: nowhere", "X07", lambda s: do.executing(s).pop("LogConfiguration"))
    yield _isolated("exec log: encrypted, in a group without a key", "X07", do.drop("ExecAuditLogGroup", "KmsKeyId"))


def _isolated(name: str, rules: str, change: Change) -> Mutation:
    return Mutation(name=name, variant=ISOLATED, change=change, rules=frozenset(rules.split()))


def _registry(name: str, rules: str, change: Change) -> Mutation:
    return Mutation(name=name, variant=REGISTRY, change=change, rules=frozenset(rules.split()))
