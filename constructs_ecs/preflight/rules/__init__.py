"""The rules, one file each, registered here and nowhere else."""

from typing import Final

from constructs_ecs.preflight.rules.b01_load_balancer_path import LoadBalancerPath
from constructs_ecs.preflight.rules.b02_late_listener import LateListener
from constructs_ecs.preflight.rules.b03_public_load_balancer import PublicLoadBalancer
from constructs_ecs.preflight.rules.b04_access_logs import AccessLogs
from constructs_ecs.preflight.rules.base import Rule
from constructs_ecs.preflight.rules.c01_ecs_endpoints import EcsEndpoints
from constructs_ecs.preflight.rules.c02_instance_role import InstanceRole
from constructs_ecs.preflight.rules.c03_cluster_name import ClusterName
from constructs_ecs.preflight.rules.c04_instances_cut_off import InstancesCutOff
from constructs_ecs.preflight.rules.c05_metadata_off import MetadataOff
from constructs_ecs.preflight.rules.c06_capacity_provider import CapacityProvider
from constructs_ecs.preflight.rules.c07_scale_in_protection import ScaleInProtection
from constructs_ecs.preflight.rules.c08_instance_architecture import InstanceArchitecture
from constructs_ecs.preflight.rules.c09_no_group import NoGroup
from constructs_ecs.preflight.rules.g00_unexplained import Unexplained
from constructs_ecs.preflight.rules.g02_template_limits import TemplateLimits
from constructs_ecs.preflight.rules.k01_service_connect_settings import ServiceConnectSettings
from constructs_ecs.preflight.rules.k02_service_connect_paths import ServiceConnectPaths
from constructs_ecs.preflight.rules.n01_ecr_api_endpoint import EcrApiEndpoint
from constructs_ecs.preflight.rules.n02_ecr_docker_endpoint import EcrDockerEndpoint
from constructs_ecs.preflight.rules.n03_s3_gateway import S3Gateway
from constructs_ecs.preflight.rules.n04_s3_endpoint_policy import S3EndpointPolicy
from constructs_ecs.preflight.rules.n05_secrets_manager_endpoint import SecretsManagerEndpoint
from constructs_ecs.preflight.rules.n06_parameter_store_endpoint import ParameterStoreEndpoint
from constructs_ecs.preflight.rules.n07_logs_endpoint import LogsEndpoint
from constructs_ecs.preflight.rules.n08_registry_without_endpoint import RegistryWithoutEndpoint
from constructs_ecs.preflight.rules.n09_private_dns_off import PrivateDnsOff
from constructs_ecs.preflight.rules.n10_vpc_dns_off import VpcDnsOff
from constructs_ecs.preflight.rules.n11_endpoint_group_closed import EndpointGroupClosed
from constructs_ecs.preflight.rules.n12_client_group_closed import ClientGroupClosed
from constructs_ecs.preflight.rules.n13_endpoint_policy import EndpointPolicy
from constructs_ecs.preflight.rules.n14_no_public_address import NoPublicAddress
from constructs_ecs.preflight.rules.n15_public_address_without_gateway import PublicAddressWithoutGateway
from constructs_ecs.preflight.rules.n16_nat_unusable import NatUnusable
from constructs_ecs.preflight.rules.n17_task_without_internet import TaskWithoutInternet
from constructs_ecs.preflight.rules.n18_network_acl import NetworkAcl
from constructs_ecs.preflight.rules.n19_other_region import OtherRegion
from constructs_ecs.preflight.rules.n20_endpoint_prefix import EndpointPrefix
from constructs_ecs.preflight.rules.n21_ipv6_only import Ipv6Only
from constructs_ecs.preflight.rules.n22_late_dependency import LateDependency
from constructs_ecs.preflight.rules.n23_endpoint_in_one_zone import EndpointInOneZone
from constructs_ecs.preflight.rules.r01_execution_role import ExecutionRole
from constructs_ecs.preflight.rules.r02_trust import Trust
from constructs_ecs.preflight.rules.r03_ecr_pull_permission import EcrPullPermission
from constructs_ecs.preflight.rules.r04_secret_permission import SecretPermission
from constructs_ecs.preflight.rules.r05_parameter_permission import ParameterPermission
from constructs_ecs.preflight.rules.r06_secret_key import SecretKey
from constructs_ecs.preflight.rules.r07_log_permission import LogPermission
from constructs_ecs.preflight.rules.r08_wrong_role import WrongRole
from constructs_ecs.preflight.rules.r09_cache_permission import CachePermission
from constructs_ecs.preflight.rules.r10_log_key import LogKey
from constructs_ecs.preflight.rules.r11_no_role import NoRole
from constructs_ecs.preflight.rules.s01_follow_task import FollowTask
from constructs_ecs.preflight.rules.s02_launch_permission import LaunchPermission
from constructs_ecs.preflight.rules.s03_task_token import TaskToken
from constructs_ecs.preflight.rules.s04_run_task_arguments import RunTaskArguments
from constructs_ecs.preflight.rules.s05_trigger_permission import TriggerPermission
from constructs_ecs.preflight.rules.s06_state_machine import StateMachine
from constructs_ecs.preflight.rules.t01_log_group import LogGroup
from constructs_ecs.preflight.rules.t02_log_options import LogOptions
from constructs_ecs.preflight.rules.t03_registry_secret import RegistrySecret
from constructs_ecs.preflight.rules.t04_secret_key import SecretJsonKey
from constructs_ecs.preflight.rules.t05_secret_reference import SecretReferenceForm
from constructs_ecs.preflight.rules.t06_fargate_limits import FargateLimits
from constructs_ecs.preflight.rules.t07_cache_credentials import CacheCredentials
from constructs_ecs.preflight.rules.t08_official_image import OfficialImage
from constructs_ecs.preflight.rules.t09_cache_egress import CacheEgress
from constructs_ecs.preflight.rules.t10_firelens import Firelens
from constructs_ecs.preflight.rules.t11_load_balancer_target import LoadBalancerTarget
from constructs_ecs.preflight.rules.v01_mount_target_closed import MountTargetClosed
from constructs_ecs.preflight.rules.v02_mount_target_missing import MountTargetMissing
from constructs_ecs.preflight.rules.v03_volume_settings import VolumeSettings
from constructs_ecs.preflight.rules.x01_exec_role import ExecRole
from constructs_ecs.preflight.rules.x02_exec_permission import ExecPermission
from constructs_ecs.preflight.rules.x03_exec_endpoint import ExecEndpoint
from constructs_ecs.preflight.rules.x04_read_only_root import ReadOnlyRoot
from constructs_ecs.preflight.rules.x05_access_keys import AccessKeys
from constructs_ecs.preflight.rules.x06_exec_key import ExecKey
from constructs_ecs.preflight.rules.x07_exec_log import ExecLog
from constructs_ecs.preflight.rules.x08_platform_version import PlatformVersion
from constructs_ecs.preflight.rules.x09_exec_notes import ExecNotes

RULES: Final[tuple[Rule, ...]] = (
    Unexplained(),
    TemplateLimits(),
    EcrApiEndpoint(),
    EcrDockerEndpoint(),
    S3Gateway(),
    S3EndpointPolicy(),
    SecretsManagerEndpoint(),
    ParameterStoreEndpoint(),
    LogsEndpoint(),
    RegistryWithoutEndpoint(),
    PrivateDnsOff(),
    VpcDnsOff(),
    EndpointGroupClosed(),
    ClientGroupClosed(),
    EndpointPolicy(),
    NoPublicAddress(),
    PublicAddressWithoutGateway(),
    NatUnusable(),
    TaskWithoutInternet(),
    NetworkAcl(),
    OtherRegion(),
    EndpointPrefix(),
    Ipv6Only(),
    LateDependency(),
    EndpointInOneZone(),
    EcsEndpoints(),
    InstanceRole(),
    ClusterName(),
    InstancesCutOff(),
    MetadataOff(),
    CapacityProvider(),
    ScaleInProtection(),
    InstanceArchitecture(),
    NoGroup(),
    ExecutionRole(),
    Trust(),
    EcrPullPermission(),
    SecretPermission(),
    ParameterPermission(),
    SecretKey(),
    LogPermission(),
    WrongRole(),
    CachePermission(),
    LogKey(),
    NoRole(),
    LogGroup(),
    LogOptions(),
    RegistrySecret(),
    SecretJsonKey(),
    SecretReferenceForm(),
    FargateLimits(),
    CacheCredentials(),
    OfficialImage(),
    CacheEgress(),
    Firelens(),
    LoadBalancerTarget(),
    MountTargetClosed(),
    MountTargetMissing(),
    VolumeSettings(),
    ExecRole(),
    ExecPermission(),
    ExecEndpoint(),
    ReadOnlyRoot(),
    AccessKeys(),
    ExecKey(),
    ExecLog(),
    PlatformVersion(),
    ExecNotes(),
    FollowTask(),
    LaunchPermission(),
    TaskToken(),
    RunTaskArguments(),
    TriggerPermission(),
    StateMachine(),
    ServiceConnectSettings(),
    ServiceConnectPaths(),
    LoadBalancerPath(),
    LateListener(),
    PublicLoadBalancer(),
    AccessLogs(),
)
"""All rules: on networks, capacity, roles, task definitions, volumes, ECS Exec, Step Functions, Service Connect,
load balancers.

Add a rule: its import above, its instance here, by its id.
"""


def rule(rule_id: str) -> Rule:
    """Return the rule of an id.

    Raises:
        KeyError: there is none.
    """
    return {known.id: known for known in RULES}[rule_id]
