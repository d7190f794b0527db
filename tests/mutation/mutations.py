"""All ways in which `make mutate` breaks templates: what is done, what the user would see, and what nobody can tell.

What the preflight's tests break already is taken from there by its name, with the symptom that the rule states.
"""

from collections.abc import Iterator
from typing import Final

from constructs_ecs import (
    AwsLogs,
    ContainerOverride,
    Deployment,
    HealthCheck,
    Image,
    PrivateNetwork,
    TargetHealthCheck,
    TaskSize,
)
from constructs_ecs.preflight.rules import RULES
from stacks.settings import Variant
from tests.mutation import changes as do
from tests.mutation import mistakes as wrong
from tests.mutation.mutation import Change, Mistake, Mutation
from tests.preflight import changes as launches
from tests.preflight import mutations as preflight

ISOLATED: Final = Variant.ISOLATED
REGISTRY: Final = Variant.REGISTRY

_SYMPTOMS = {rule.id: rule.symptom for rule in RULES}
_BROKEN = {str(each): each for each in (*preflight.breaking(), *preflight.warned(), *preflight.undecidable())}
_NOWHERE = {"Ref": "Nowhere"}
_TASK = "WebTaskTaskDefinition"
_SERVICE = "WebService"
_GROUP_RULE = "WebSecurityGroupfrom"
_TARGETS = "WebLoadBalancerTargetTargetGroup"
_LISTENER = "LoadBalancerHttp"
_RULE = "WebLoadBalancerTargetRule"
_ASG = "ClusterInstancesAutoScalingGroupASG"
_CAPACITY = "ClusterInstancesCapacityProvider"
_EXECUTION = "WebTaskExecutionRole"
_INGRESS = "AWS::EC2::SecurityGroupIngress"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_UNKNOWN_RESOURCE = "The change set is refused: Unresolved resource dependencies [Nowhere] in the Resources block."
_REFUSED = "The stack fails: the resource handler refuses the property."
_UNHEALTHY = (
    "Tasks are started, fail the load balancer's health checks and are stopped, until the circuit breaker ends it."
)
_THERE = "An id may be of something that is there already; the preflight says that it does not know it."


def mutations() -> tuple[Mutation, ...]:
    """Every mutation."""
    return tuple(
        each
        for part in (
            _endpoints,
            _groups,
            _network,
            _references,
            _shapes,
            _roles,
            _grants,
            _keys,
            _tasks,
            _services,
            _load_balancer,
            _instances,
            _security,
            _records,
            _jobs,
        )
        for each in part()
    )


def _endpoints() -> Iterator[Mutation]:
    """What leads from the tasks to AWS."""
    for name in ("EcrApi", "EcrDocker", "Logs", "SsmMessages", "Kms", "Ecs"):
        yield _known(f"isolated: {name} endpoint removed")
    yield _known("isolated: S3 endpoint removed")
    yield _known("isolated: EcrApi endpoint: private DNS off")
    yield _known("isolated: Logs endpoint: private DNS not given")
    yield _known("isolated: EcrDocker endpoint: another Region's")
    yield _known("isolated: Logs endpoint: the default security group")
    yield _known("isolated: SsmMessages endpoint: policy for another account")
    yield _known("isolated: S3 endpoint: off one route table")
    yield _known("isolated: S3 endpoint: layers not allowed")
    yield _known("isolated: S3 endpoint: own buckets not allowed")
    yield _known("isolated: EcrApi endpoint: in another VPC")
    yield _isolated(
        "Logs endpoint: a service that there is not",
        do.at("NetworkLogsEndpoint", "ServiceName", to="com.amazonaws.us-east-1.cloudwatchlogs"),
        "The stack fails: The Vpc Endpoint Service 'com.amazonaws.us-east-1.cloudwatchlogs' does not exist.",
    )
    yield _isolated(
        "Logs endpoint: a gateway",
        do.at("NetworkLogsEndpoint", "VpcEndpointType", to="Gateway"),
        "The stack fails: Endpoint type (Gateway) does not match available service types ([Interface]).",
    )
    yield _isolated(
        "Logs endpoint: in the same zone twice",
        lambda s: s.properties("NetworkLogsEndpoint").update(SubnetIds=[{"Ref": s.ref("NetworkFirstTaskSubnet")}] * 2),
        "The stack fails: DuplicateSubnetsInSameZone.",
    )


def _groups() -> Iterator[Mutation]:
    """Security groups."""
    yield _known("isolated: no rule into the endpoints")
    yield _known("isolated: the rule into the endpoints: port 80")
    yield _known("isolated: the rule into the endpoints: UDP")
    yield _known("isolated: the rule into the endpoints: from elsewhere")
    yield _known("isolated: no rule from the clients")
    yield _known("isolated: no rule from the clients to S3")
    yield _known("isolated: Web: without the clients' group")
    yield _known("isolated: the instances: without the clients' group")
    yield _known("registry: Web: no rule to the internet")
    yield _isolated("two groups that name each other", do.circle, "Circular dependency between resources.")
    yield _isolated(
        "a rule of a protocol that there is not",
        do.at("NetworkClientsIntoEndpoints", "IpProtocol", to="tpc"),
        "The stack fails: Invalid value 'tpc' for IP protocol. Unknown protocol.",
    )
    yield _isolated(
        "a rule whose ports run backwards",
        do.at("NetworkClientsIntoEndpoints", "FromPort", to=8443),
        "The stack fails: Invalid TCP port range (8443,443).",
    )
    yield _isolated(
        "Web: a group that is nowhere",
        do.network(SecurityGroups=["sg-0123456789abcdef0"]),
        "The service is not created: InvalidParameterException, the securityGroup ID does not exist.",
        reason=_THERE,
    )


def _network() -> Iterator[Mutation]:
    """The VPC, its subnets and routes."""
    yield _known("isolated: VPC: no DNS")
    yield _known("isolated: VPC: DNS host names not given")
    yield _known("isolated: a subnet: main route table")
    yield _known("isolated: a network ACL that lets nothing through")
    yield _known("isolated: a network ACL that denies 443")
    yield _known("registry: no route to the NAT gateway")
    yield _known("registry: NAT gateway: private")
    yield _known("registry: NAT gateway: in a task's subnet")
    yield _known("registry: no internet gateway")
    yield _known("registry: public subnet: no default route")
    yield _known("registry: Web: in the public subnet, no public address")
    yield _known(
        "registry: default route to a transit gateway",
        symptom="CannotPullContainerError: the request times out, if nothing behind the transit gateway lets it out.",
        reason="What lies behind a transit gateway is in no template; the preflight says that it does not know.",
    )
    route = "NetworkFirstTaskSubnetDefaultRoute"
    yield _registry(
        "default route: half of the internet",
        do.at(route, "DestinationCidrBlock", to="0.0.0.0/1"),
        "CannotPullContainerError: dial tcp: i/o timeout, for a registry in the other half.",
        reason="Where a registry's name leads to is not in templates; the preflight says that it does not know.",
    )
    yield _registry(
        "default route: the NAT gateway as a gateway",
        lambda s: s.properties(route).update(GatewayId=s.properties(route).pop("NatGatewayId")),
        "The stack fails: The gateway ID 'nat-...' is not valid.",
    )
    yield _isolated(
        "VPC: too large",
        do.at("NetworkVpc", "CidrBlock", to="10.0.0.0/8"),
        "The stack fails: The CIDR '10.0.0.0/8' is invalid.",
        in_python=lambda: PrivateNetwork(wrong.stack(), "Network", cidr="10.0.0.0/8"),
    )
    yield _isolated(
        "a subnet outside of the VPC",
        do.at("NetworkFirstTaskSubnet", "CidrBlock", to="172.16.0.0/20"),
        "The stack fails: The CIDR '172.16.0.0/20' is invalid.",
    )
    yield _isolated(
        "two subnets that overlap",
        do.at("NetworkSecondTaskSubnet", "CidrBlock", to="10.0.0.0/20"),
        "The stack fails: The CIDR '10.0.0.0/20' conflicts with another subnet.",
    )
    yield _isolated(
        "a subnet in another Region's zone",
        do.at("NetworkFirstTaskSubnet", "AvailabilityZone", to="eu-west-1a"),
        "The stack fails: Value (eu-west-1a) for parameter availabilityZone is invalid.",
    )
    yield _isolated(
        "Web: a subnet that is nowhere",
        do.network(Subnets=["subnet-0123456789abcdef0"]),
        "The service is not created: InvalidParameterException, the subnet ID does not exist.",
        reason=_THERE,
    )
    yield _isolated(
        "Web: no network",
        do.without(_SERVICE, "NetworkConfiguration"),
        "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    )


def _references() -> Iterator[Mutation]:
    """Names of what is not there."""
    yield _isolated("Web: a dead task definition", do.at(_SERVICE, "TaskDefinition", to=_NOWHERE), _UNKNOWN_RESOURCE)
    dead = {"Fn::GetAtt": ["Nowhere", "Arn"]}
    yield _isolated("Web: a dead execution role", do.at(_TASK, "ExecutionRoleArn", to=dead), _UNKNOWN_RESOURCE)
    yield _isolated(
        "Web: an attribute that roles do not have",
        lambda s: s.properties(_TASK).update(ExecutionRoleArn={"Fn::GetAtt": [s.ref(_EXECUTION), "Anr"]}),
        "Template validation error: Template error: resource does not support attribute type Anr in Fn::GetAtt.",
    )
    yield _isolated("Web: waits for a dead resource", do.beside(_SERVICE, "DependsOn", ["Nowhere"]), _UNKNOWN_RESOURCE)
    yield _isolated(
        "Web: a dead condition",
        do.beside(_SERVICE, "Condition", "Nowhere"),
        "The change set is refused: Template format error: Unresolved condition dependency Nowhere.",
    )
    yield _isolated(
        "Web: the name of nothing in a text",
        do.container(Environment=[{"Name": "PEER", "Value": {"Fn::Sub": "${Nowhere}"}}]),
        _UNKNOWN_RESOURCE,
    )
    yield _isolated(
        "Web: an import that no stack exports",
        do.gone_import,
        "The stack fails: No export named ConstructsEcs-Cluster:Nowhere found.",
        reason="Another app's stack may export it, so no checker of templates may object; the deployment does at once.",
    )
    yield _isolated(
        "instances: a dead image parameter",
        do.no_machine_image,
        "The change set is refused: Unable to fetch parameters [/aws/service/ecs/.../arm/...] from parameter store.",
        reason="Which parameters AWS has is in no template; CloudFormation looks before it makes anything.",
    )
    yield _isolated(
        "an output of a dead resource",
        lambda s: s.body("Network")["Outputs"].update(Gone={"Value": _NOWHERE}),
        "The change set is refused: Unresolved resource dependencies [Nowhere] in the Outputs block.",
    )


def _shapes() -> Iterator[Mutation]:
    """Properties and values that their types do not have."""
    yield _isolated(
        "a property that services do not have",
        do.at(_SERVICE, "DesiredCounts", to=2),
        "The stack fails: Encountered unsupported property DesiredCounts.",
    )
    yield _isolated(
        "a type that there is not",
        do.beside(_SERVICE, "Type", "AWS::ECS::Services"),
        "The change set is refused: Template format error: Unrecognized resource types: [AWS::ECS::Services].",
    )
    yield _isolated("Web: many tasks", do.at(_SERVICE, "DesiredCount", to="many"), _REFUSED, in_python=wrong.many_tasks)
    yield _isolated(
        "Web: less than no tasks",
        do.at(_SERVICE, "DesiredCount", to=-1),
        _REFUSED,
        in_python=lambda: wrong.service(desired_count=-1),
    )
    yield _isolated("Web: a launch type that there is not", do.at(_SERVICE, "LaunchType", to="FARGAT"), _REFUSED)
    yield _isolated("Web: no image", do.without(_TASK, "ContainerDefinitions", 0, "Image"), _REFUSED)
    yield _isolated(
        "a log kept for 17 days",
        do.at("WebTaskLogGroup", "RetentionInDays", to=17),
        "The stack fails: 1 validation error detected: Value '17' at 'retentionInDays'.",
        in_python=lambda: wrong.service(logging=AwsLogs(retention_days=17)),
    )
    yield _isolated(
        "a family with a blank",
        do.at(_TASK, "Family", to="the web"),
        "ClientException: Family contains invalid characters.",
        in_python=lambda: wrong.service(family="the web"),
    )
    yield _isolated(
        "a deletion policy that there is not",
        do.beside("ExecAuditLogGroup", "DeletionPolicy", "Keep"),
        "The change set is refused: Template error: Unrecognized DeletionPolicy Keep for resource.",
    )
    yield _isolated(
        "a policy of a version that there is not",
        lambda s: s.properties("WebTaskTaskRolePolicy")["PolicyDocument"].update(Version="2012-10-18"),
        "The stack fails: MalformedPolicyDocument, The policy must contain a valid version string.",
    )
    yield _isolated(
        "a statement that permits",
        do.statement("WebTaskTaskRolePolicy", Effect="Permit"),
        "The stack fails: MalformedPolicyDocument, Invalid effect: Permit.",
    )
    yield _isolated(
        "a statement about no resource",
        lambda s: s.statements("WebTaskTaskRolePolicy")[0].pop("Resource"),
        "The stack fails: MalformedPolicyDocument, Policy statement must contain resources.",
    )


def _roles() -> Iterator[Mutation]:
    """Roles that are missing, or another's."""
    yield _known("isolated: Web: no execution role")
    yield _known("isolated: Web: no task role")
    yield _known("isolated: WebTaskExecutionRole: trusts ec2")
    yield _known("isolated: WebTaskTaskRole: trusts another account's tasks")
    yield _isolated(
        "WebTaskExecutionRole: trusts a service that there is not",
        launches.trust(_EXECUTION, Principal={"Service": "ecs-task.amazonaws.com"}),
        "The stack fails: MalformedPolicyDocument, Invalid principal in policy: ecs-task.amazonaws.com.",
    )
    yield _isolated(
        "Web: the roles exchanged",
        lambda s: s.properties(_TASK).update(
            ExecutionRoleArn=s.properties(_TASK)["TaskRoleArn"], TaskRoleArn=s.properties(_TASK)["ExecutionRoleArn"]
        ),
        _SYMPTOMS["R03"],
    )
    yield _isolated(
        "Web: an execution role of a malformed ARN",
        do.at(_TASK, "ExecutionRoleArn", to="arn:aws:iam:us-east-1:12345:role/web"),
        "ClientException: The ARN of the execution role is invalid.",
    )
    yield _isolated(
        "Web: an execution role by the ARN of a policy",
        lambda s: s.properties(_TASK).update(ExecutionRoleArn={"Ref": s.ref("WebTaskExecutionRolePolicy")}),
        "ClientException: Role is not valid.",
    )
    yield _isolated(
        "WebTaskExecutionRole: a managed policy that AWS does not have",
        do.at(_EXECUTION, "ManagedPolicyArns", to=["arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy"]),
        "The stack fails: Policy arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy does not exist.",
    )
    yield _isolated(
        "the flow log's role: trusts others",
        launches.trust("NetworkFlowLogRole", Principal={"Service": "ec2.amazonaws.com"}),
        "The flow log is there with the status Access error, and writes nothing.",
        reason="A flow log is no launch; the network makes its role itself, and takes none from outside.",
    )


def _grants() -> Iterator[Mutation]:
    """Permissions that are missing, or for something else."""
    execution = "WebTaskExecutionRolePolicy"
    for action in ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "logs:CreateLogStream"):
        yield _known(f"isolated: Web: no {action}")
    yield _known("registry: Web: no secretsmanager:GetSecretValue")
    yield _known("registry: Web: no kms:Decrypt")
    for action in ("ssmmessages:OpenDataChannel", "kms:Decrypt", "logs:PutLogEvents", "s3:PutObject"):
        yield _known(f"isolated: Web: no {action} for the task")
    yield _known("isolated: the instances: no ecs:Poll")
    yield _known("isolated: Web may pull another image")
    yield _known("isolated: the instances may poll for another cluster")
    yield _isolated(
        "Web: a misspelt action",
        lambda s: [
            one.update(Action=["logs:CreateLogStreams", "logs:PutLogEvents"])
            for one in s.statements(execution)
            if "logs:CreateLogStream" in one["Action"]
        ],
        _SYMPTOMS["R07"],
    )
    yield _isolated(
        "operators: another cluster's sessions",
        lambda s: s.statements("OperatorsPolicy")[0].update(
            Resource="arn:aws:ecs:us-east-1:123456789012:cluster/other"
        ),
        "AccessDeniedException, when an operator opens a session: not authorized to perform ecs:ExecuteCommand.",
        reason="Which cluster an operator is to open is up to the author; the construct takes the cluster itself.",
    )


def _keys() -> Iterator[Mutation]:
    """Keys, and what is encrypted with them."""
    yield _known("registry: the key leaves nothing to IAM")
    yield _known("isolated: the audit key leaves nothing to IAM")
    yield _known("isolated: Key: not for CloudWatch Logs")
    yield _known("isolated: ExecAuditKey: for another Region's logs")
    yield _known("isolated: exec: another key")
    yield _isolated(
        "Web: a log encrypted with an alias",
        do.at("WebTaskLogGroup", "KmsKeyId", to="alias/logs"),
        "The stack fails: InvalidParameterException, The specified KMS Key Id could not be found.",
    )
    yield _isolated(
        "Web: a log encrypted with the ARN of a role",
        lambda s: s.properties("WebTaskLogGroup").update(KmsKeyId={"Fn::GetAtt": [s.ref(_EXECUTION), "Arn"]}),
        "The stack fails: InvalidParameterException, the KMS Key Id is invalid.",
    )


def _tasks() -> Iterator[Mutation]:
    """Task definitions and containers."""
    yield _known(
        "isolated: Web: 512 CPU, 8192 MiB", in_python=lambda: wrong.service(size=TaskSize(cpu=512, memory_mib=8192))
    )
    yield _known(
        "isolated: Web: 300 CPU, 1024 MiB", in_python=lambda: wrong.service(size=TaskSize(cpu=300, memory_mib=1024))
    )
    yield _known("isolated: Web: no CPU")
    yield _known(
        "isolated: Web: 500 GiB of storage",
        in_python=lambda: wrong.service(size=TaskSize(cpu=512, memory_mib=1024, ephemeral_storage_gib=500)),
    )
    yield _known("isolated: Web: bridge")
    yield _known("isolated: Web: privileged")
    yield _known("isolated: Web: no awslogs-group")
    yield _known("isolated: Web: logs to another Region")
    yield _known(
        "isolated: Web: image nginx:1", in_python=lambda: wrong.container(image=Image.from_registry("nginx:1"))
    )
    yield _known("isolated: Web: read-only", in_python=lambda: wrong.container(read_only_root_filesystem=True))
    yield _known("registry: the secret: no user name")
    yield _known("registry: the secret: token, no password")
    yield _known(
        "registry: no registry credentials",
        symptom="CannotPullContainerError: pull access denied, repository does not exist or may require authorization.",
        reason="Whether a registry asks for credentials is not in templates.",
    )
    yield _known("isolated: access keys in the environment")
    yield _known("isolated: a log group by its name")
    yield _registry(
        "Web: a key that the secret does not have",
        do.secret_key,
        _SYMPTOMS["T04"],
        in_python=wrong.secret_key,
    )
    yield _isolated(
        "Web: a secret by its short name",
        do.container(Secrets=[{"Name": "TOKEN", "ValueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:token"}]),
        _SYMPTOMS["T05"],
        in_python=wrong.short_secret,
    )
    yield _isolated(
        "Web: no essential container",
        do.container(Essential=False),
        "ClientException: a task definition must contain at least one essential container.",
        in_python=lambda: wrong.container(essential=False),
    )
    yield _isolated(
        "Web: two containers of one name",
        lambda s: s.properties(_TASK)["ContainerDefinitions"].append(
            {"Name": "app", "Image": s.container("Web")["Image"]}
        ),
        "ClientException: Container.name must be unique within a task definition.",
        in_python=wrong.twice,
    )
    yield _isolated(
        "Web: port 70000",
        do.container(PortMappings=[{"ContainerPort": 70000}]),
        "ClientException: Invalid containerPort.",
        in_python=lambda: wrong.container(port=70000),
    )
    yield _isolated(
        "Web: another port of the host",
        do.container(PortMappings=[{"ContainerPort": 8080, "HostPort": 80}]),
        "ClientException: When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    )
    yield _isolated(
        "Web: health checks each second",
        lambda s: s.container("Web")["HealthCheck"].update(Interval=1),
        "ClientException: the health check interval is 5 to 300 seconds.",
        in_python=lambda: wrong.container(health_check=HealthCheck(command="true", interval_seconds=1)),
    )
    yield _isolated(
        "Web: a capability that Fargate does not give",
        do.container(LinuxParameters={"Capabilities": {"Add": ["NET_ADMIN"]}}),
        "ClientException: Tasks using the Fargate launch type do not support adding this capability.",
    )
    host = [{"Name": "host", "Host": {"SourcePath": "/var/run"}}]
    yield _isolated(
        "Web: a volume of the host",
        do.at(_TASK, "Volumes", to=host),
        "ClientException: host.sourcePath should not be set for volumes in Fargate.",
    )
    yield _isolated(
        "Web: made for instances alone",
        do.at(_TASK, "RequiresCompatibilities", to=["EC2"]),
        "InvalidParameterException: Task definition does not support launch_type FARGATE.",
    )
    yield _isolated(
        "Web: an image of two tags",
        do.container(Image="123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1:2"),
        "CannotPullContainerError: invalid reference format.",
        in_python=lambda: wrong.container(image=Image.from_registry("registry.example.com/web:1:2")),
    )
    yield _isolated(
        "Web: whatever image is latest",
        lambda s: s.container("Web")["Image"]["Fn::Join"][1].append(":latest"),
        "CannotPullContainerError: invalid reference format; with one tag, another image than was tested.",
        in_python=lambda: wrong.container(image=Image.from_registry("registry.example.com/web:latest")),
    )
    yield _isolated(
        "Worker: no memory",
        do.without("WorkerTaskTaskDefinition", "ContainerDefinitions", 0, "Memory"),
        "ClientException: Invalid setting for container: at least one of 'memory' or 'memoryReservation' must be set.",
        in_python=wrong.no_memory,
    )
    yield _isolated(
        "Web: a log driver that there is not",
        lambda s: launches.log(s).update(LogDriver="awslog"),
        "ClientException: Log driver awslog is not supported.",
    )


def _services() -> Iterator[Mutation]:
    """Services."""
    yield _known("isolated: Web: platform version 1.3.0")
    yield _known("isolated: exec: another bucket")
    yield _known("isolated: exec: the bucket takes nothing")
    yield _isolated(
        "Web: no room to deploy in",
        lambda s: s.properties(_SERVICE)["DeploymentConfiguration"].update(MaximumPercent=100),
        "A deployment never starts a task: (service web) was unable to place or stop a task, within its percentages.",
        in_python=lambda: wrong.service(deployment=Deployment(maximum_healthy_percent=100)),
    )
    share = [{"CapacityProvider": "FARGATE", "Weight": 1}]
    yield _isolated(
        "Web: a launch type and a strategy",
        do.at(_SERVICE, "CapacityProviderStrategy", to=share),
        "InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported.",
    )
    yield _isolated(
        "Web: a daemon on Fargate",
        do.at(_SERVICE, "SchedulingStrategy", to="DAEMON"),
        "InvalidParameterException: The daemon scheduling strategy does not support the Fargate launch type.",
    )
    yield _isolated(
        "Web: no ECS Exec",
        do.without(_SERVICE, "EnableExecuteCommand"),
        "InvalidParameterException, when a session is opened: execute command was not enabled when the task was run.",
        reason="A service without ECS Exec is a choice; the preflight reports it as off.",
    )


def _load_balancer() -> Iterator[Mutation]:
    """The load balancer, and the service behind it."""
    yield _known(
        "isolated: Web: a container behind the load balancer that it has not",
        in_python=lambda: wrong.target(container="web"),
    )
    yield _known("isolated: Web: a port behind the load balancer that it has not")
    yield _isolated(
        "Web: another port let in from the load balancer",
        do.prefixed(_GROUP_RULE, _INGRESS, FromPort=9090, ToPort=9090),
        _UNHEALTHY,
    )
    yield _isolated(
        "Web: no port let in from the load balancer",
        do.no_group_rule(_GROUP_RULE, _INGRESS),
        _UNHEALTHY,
    )
    yield _isolated(
        "the load balancer: no way out to Web",
        do.no_group_rule("WebSecurityGroupConstructsEcs", "AWS::EC2::SecurityGroupEgress"),
        _UNHEALTHY,
    )
    yield _isolated(
        "targets: instances",
        do.at(_TARGETS, "TargetType", to="instance"),
        "InvalidParameterException: The target group has target type instance, incompatible with the awsvpc mode.",
    )
    yield _isolated(
        "targets: health checks somewhere else",
        do.at(_TARGETS, "HealthCheckPath", to="/nowhere"),
        _UNHEALTHY,
        reason="What a container answers is not in templates.",
    )
    yield _isolated(
        "targets: a path without a slash",
        do.at(_TARGETS, "HealthCheckPath", to="health"),
        "The stack fails: ValidationError, Health check path 'health' must start with '/'.",
        in_python=lambda: TargetHealthCheck(path="health"),
    )
    yield _isolated(
        "targets: health checks that take longer than their interval",
        do.at(_TARGETS, "HealthCheckTimeoutSeconds", to=20),
        "The stack fails: ValidationError, Health check interval must be greater than the timeout.",
        in_python=lambda: TargetHealthCheck(interval_seconds=10, timeout_seconds=20),
    )
    yield _isolated(
        "Web: does not wait for the listener's rule",
        lambda s: s.resource(_SERVICE)["DependsOn"].remove(s.ref(_RULE)),
        "InvalidParameterException: The target group does not have an associated load balancer; by chance, or not.",
    )
    yield _isolated(
        "two rules of the same priority",
        do.same_priority,
        "The stack fails: Priority '50000' is currently in use.",
        in_python=wrong.same_priority,
    )
    yield _isolated(
        "a rule of priority 60000",
        do.at(_RULE, "Priority", to=60000),
        "The stack fails: ValidationError, the priority is 1 to 50000.",
        in_python=lambda: wrong.target(priority=60000),
    )
    yield _isolated(
        "a rule for a dead target group",
        do.at(_RULE, "Actions", 0, "TargetGroupArn", to=_NOWHERE),
        _UNKNOWN_RESOURCE,
    )
    yield _isolated(
        "HTTPS without a certificate",
        do.at(_LISTENER, "Protocol", to="HTTPS"),
        "The stack fails: ValidationError, A certificate must be specified for HTTPS listeners.",
        in_python=wrong.no_certificate,
    )
    yield _isolated(
        "the load balancer: in one zone",
        do.one_subnet,
        "The stack fails: ValidationError, At least two subnets in two different Availability Zones must be specified.",
        in_python=wrong.one_zone,
    )
    yield _isolated(
        "the load balancer: open to the internet, in private subnets",
        do.at("LoadBalancer", "Scheme", to="internet-facing", of=_BALANCER),
        "The stack fails: InvalidSubnet, VPC vpc-... has no internet gateway.",
    )
    yield _isolated(
        "access logs: nobody may write them",
        lambda s: s.statements("LoadBalancerAccessLogBucketPolicy").pop(1),
        "The stack fails: Access Denied for bucket. Please check S3bucket permission.",
    )
    yield _isolated(
        "access logs: in a bucket with a key of KMS",
        do.access_log_key,
        "The stack fails: Access Denied for bucket. Please check S3bucket permission.",
    )


def _instances() -> Iterator[Mutation]:
    """Instances, and the capacity that they are."""
    yield _known("isolated: the instances: no role")
    yield _known("isolated: the instances: no user data")
    yield _known("isolated: the instances: another cluster's")
    yield _known("isolated: the instances: the role trusts others")
    yield _known("registry: the instances: in the public subnet, no public address")
    yield _known("isolated: the capacity provider is not the cluster's")
    yield _known("isolated: the instances: no metadata")
    yield _isolated(
        "the instances: more at least than at most",
        do.at(_ASG, "MinSize", to="9"),
        "The stack fails: ValidationError, Max bound, 4, must be greater than or equal to min bound, 9.",
        in_python=lambda: wrong.capacity(min_capacity=9),
    )
    yield _isolated(
        "the instances: a type that there is not",
        lambda s: launches.launch(s).update(InstanceType="m6g.larg"),
        "The group starts no instance: Invalid instance type. Tasks stay in PROVISIONING.",
        reason="Instance types come and go, by Region; cfn-lint has a list of them, which ages.",
    )
    yield _known("isolated: the instances: x86, with a machine image for Arm")
    yield _isolated(
        "the capacity provider: an ARN of no group",
        do.at(_CAPACITY, "AutoScalingGroupProvider", "AutoScalingGroupArn", to="arn:aws:autoscaling:us-east-1:1:group"),
        "The stack fails: ClientException, The specified Auto Scaling group ARN is invalid.",
    )
    yield _known("isolated: the instances: protected, by a group that does not")
    yield _isolated(
        "the capacity provider: fills instances twice over",
        do.at(_CAPACITY, "AutoScalingGroupProvider", "ManagedScaling", "TargetCapacity", to=200),
        "The stack fails: ClientException, the target capacity is 1 to 100.",
        in_python=lambda: wrong.capacity(target_capacity_percent=200),
    )


def _security() -> Iterator[Mutation]:
    """What works, and should not be."""
    audit = "Nothing, until an audit or an intruder finds it."
    yield _isolated(
        "Web: open to everyone",
        lambda s: s.properties("WebSecurityGroup").update(
            SecurityGroupIngress=[{"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080}]
        ),
        audit,
        in_python=lambda: wrong.service().allow_from("0.0.0.0/0"),
    )
    yield _isolated(
        "Web: a task that may do everything",
        do.statement("WebTaskTaskRolePolicy", Action="*", Resource="*", Condition={}),
        audit,
    )
    yield _isolated(
        "sessions: a public bucket",
        do.without("ExecAuditBucket", "PublicAccessBlockConfiguration"),
        audit,
    )
    yield _isolated(
        "sessions: a bucket that takes plain HTTP",
        lambda s: s.remove("ExecAuditBucketPolicy"),
        audit,
    )
    yield _isolated("the key is never changed", do.at("Key", "EnableKeyRotation", to=False), audit)
    yield _isolated(
        "the instances: volumes in the clear",
        lambda s: launches.launch(s)["BlockDeviceMappings"][0]["Ebs"].update(Encrypted=False),
        audit,
    )
    yield _isolated(
        "the instances: the first version of the metadata service",
        lambda s: launches.launch(s)["MetadataOptions"].update(HttpTokens="optional"),
        audit,
    )
    yield _isolated("logs that are never deleted", do.without("WebTaskLogGroup", "RetentionInDays"), audit)
    yield _isolated("a network whose traffic nobody records", lambda s: s.remove("NetworkFlowLog"), audit)


def _records() -> Iterator[Mutation]:
    """What is to be recorded."""
    yield _isolated(
        "events of sessions: written by nobody",
        do.resource_policy,
        "The rule fails each time it is invoked, and the log group stays empty; only a metric of EventBridge tells.",
        reason="A rule that records is no launch; the construct writes the policy, and takes none from outside.",
    )
    yield _isolated(
        "events of sessions: a pattern that nothing matches",
        do.at("ExecEventsRule", "EventPattern", to={"source": ["aws.ec"]}),
        "The log group stays empty.",
        reason="Any source may send events; the construct writes the pattern.",
    )
    yield _isolated(
        "events of sessions: a rule without a pattern",
        do.without("ExecEventsRule", "EventPattern"),
        "The stack fails: ValidationException, Parameter(s) EventPattern or ScheduleExpression must be specified.",
    )


def _jobs() -> Iterator[Mutation]:
    """State machines and schedules."""
    nowhere = "arn:aws:iam::123456789012:role/Nowhere"
    cut_off = "The state times out: the task cannot report, and the state machine waits for its token."
    yield _jobs_(
        "a dead role",
        do.machine(RoleArn=nowhere),
        "The stack fails: Neither the global service principal states.amazonaws.com ... is authorized to assume it.",
        reason=_THERE,
    )
    yield _jobs_("a role of another resource's", do.machine(RoleArn={"Fn::GetAtt": ["Gone", "Arn"]}), _UNKNOWN_RESOURCE)
    yield _jobs_(
        "a role that trusts others",
        do.role_of(do.MACHINE, "RoleArn", principal="lambda.amazonaws.com"),
        "The stack fails: Neither the global service principal states.amazonaws.com ... is authorized to assume it.",
    )
    yield _jobs_("may not follow the task", do.withdraw("events:PutTargets", "events:PutRule"), _SYMPTOMS["S01"])
    yield _jobs_("may not run the task", do.withdraw("ecs:RunTask"), _SYMPTOMS["S02"])
    yield _jobs_("may not pass the task's roles", do.withdraw("iam:PassRole"), _SYMPTOMS["S02"])
    yield _jobs_("may not stop the task", do.withdraw("ecs:StopTask"), _SYMPTOMS["S01"])
    yield _jobs_(
        "a dead container",
        do.state("sync", lambda s: s["Parameters"]["Overrides"]["ContainerOverrides"][0].update(Name="gone")),
        "ECS.InvalidParameterException: Override for container named gone is not a container in the TaskDefinition.",
        in_python=lambda: wrong.job(overrides=[ContainerOverride(container="gone")]),
    )
    yield _jobs_("no token", do.state("waitForTaskToken", do.no_token), _SYMPTOMS["S03"], in_python=wrong.no_token)
    yield _jobs_("the task may not report", do.withdraw("states:SendTaskSuccess"), _SYMPTOMS["S03"])
    yield _jobs_("no endpoint to report to", launches.remove("NetworkStepFunctionsEndpoint"), cut_off)
    yield _jobs_(
        "a task definition of another family",
        do.arguments("sync", TaskDefinition="another"),
        "AccessDeniedException: the role is not authorized to perform ecs:RunTask on task-definition/another.",
        reason="A family by its name may be there already; the preflight says that it does not know it.",
    )
    there = {"Subnets": ["subnet-0123456789abcdef0"], "SecurityGroups": ["sg-0123456789abcdef0"]}
    yield _jobs_(
        "a subnet that is nowhere",
        do.arguments("sync", NetworkConfiguration={"AwsvpcConfiguration": there}),
        "ECS.InvalidParameterException: The subnet ID 'subnet-0123456789abcdef0' does not exist.",
        reason="An id may be of a subnet that is there already; the preflight says that it does not know it.",
    )
    yield _jobs_(
        "no network", do.state("sync", lambda s: s["Parameters"].pop("NetworkConfiguration")), _SYMPTOMS["S04"]
    )
    yield _jobs_(
        "JSONata without saying so",
        do.state("sync", do.as_jsonata),
        "The stack fails: SCHEMA_VALIDATION_FAILED, the field Arguments is not supported.",
    )
    yield _jobs_(
        "a state that is nowhere",
        do.state("sync", do.next_is_gone),
        "The stack fails: MISSING_TRANSITION_TARGET, Missing 'Next' target: Gone.",
    )
    yield _jobs_(
        "a first state that is nowhere",
        do.definition(lambda written: written.update(StartAt="Gone")),
        "The stack fails: MISSING_TRANSITION_TARGET, Missing 'StartAt' target: Gone.",
    )
    yield _jobs_(
        "a definition that is no JSON",
        do.machine(DefinitionString="{"),
        "The stack fails: INVALID_JSON_DESCRIPTION.",
    )
    yield _jobs_(
        "a service integration that there is not",
        do.state("sync", lambda s: s.update(Resource="arn:aws:states:::ecs:runTasks.sync")),
        "The stack fails: SCHEMA_VALIDATION_FAILED, The resource provided is not recognized.",
    )
    yield _jobs_(
        "a cluster that is nowhere",
        do.arguments("sync", Cluster="nowhere"),
        "ECS.ClusterNotFoundException: Cluster not found.",
        reason="A cluster by its name may be there already; the role has the right to it, as its conditions say.",
    )
    yield _jobs_(
        "the schedule may not start the state machine",
        do.withdraw("states:StartExecution"),
        "Nothing starts; the schedule's InvocationAttemptCount grows, and no error is shown.",
    )
    yield _jobs_(
        "the schedule's role trusts others",
        do.role_of(do.SCHEDULE, "Target", "RoleArn", principal="events.amazonaws.com"),
        "The stack fails: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    )
    yield _jobs_(
        "a schedule of five fields",
        do.each_of(do.SCHEDULE, ScheduleExpression="cron(0 3 * * *)"),
        "The stack fails: ValidationException, Invalid Schedule Expression cron(0 3 * * *).",
        in_python=wrong.five_fields,
    )


def _known(
    name: str, *, in_python: Mistake | None = None, symptom: str | None = None, reason: str | None = None
) -> Mutation:
    """What the preflight's tests break; the symptom is that of the first rule that has to find it."""
    mutation = _BROKEN[name]
    if symptom is None:
        symptom = _SYMPTOMS[min(mutation.rules | mutation.warnings)]
    return Mutation(
        name=mutation.name,
        variant=mutation.variant,
        change=mutation.change,
        symptom=symptom,
        in_python=in_python,
        reason=reason,
    )


def _isolated(
    name: str, change: Change, symptom: str, *, in_python: Mistake | None = None, reason: str | None = None
) -> Mutation:
    return _of(ISOLATED, name, change, symptom, in_python=in_python, reason=reason)


def _registry(
    name: str, change: Change, symptom: str, *, in_python: Mistake | None = None, reason: str | None = None
) -> Mutation:
    return _of(REGISTRY, name, change, symptom, in_python=in_python, reason=reason)


def _jobs_(
    name: str, change: Change, symptom: str, *, in_python: Mistake | None = None, reason: str | None = None
) -> Mutation:
    return _of(ISOLATED, f"jobs: {name}", change, symptom, in_python=in_python, reason=reason)


def _of(
    variant: Variant, name: str, change: Change, symptom: str, *, in_python: Mistake | None, reason: str | None
) -> Mutation:
    return Mutation(name=name, variant=variant, change=change, symptom=symptom, in_python=in_python, reason=reason)
