import pytest

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.findings import Fault, LinkKind, Verdict, Where
from constructs_ecs.preflight.topology import Assumptions, AwsService, InternetHost, Peer, Topology
from constructs_ecs.preflight.values import Symbol, Ternary, Unknown
from tests.preflight.support import graph
from tests.preflight.topology.scene import (
    DOCKER_HUB,
    ECR,
    ISOLATED,
    LOGS,
    S3,
    TASK,
    WITH_NAT,
    broken,
    changed,
    decisive,
    faults,
    interface,
    reach,
    read,
)

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
MOUNT = Where("Template", "MountTarget")


# -- an interface endpoint ---------------------------------------------------------------------------------------------


def test_a_service_is_reached_through_its_endpoint_and_the_chain_shows_each_link() -> None:
    answer = reach(ISOLATED, LOGS)
    assert answer.verdict is PASS
    assert [link.kind for link in answer.links] == [
        LinkKind.NAME,
        LinkKind.ENDPOINT,
        LinkKind.ROUTE,
        LinkKind.SECURITY_GROUP,
        LinkKind.SECURITY_GROUP,
        LinkKind.NETWORK_ACL,
    ]
    assert answer.endpoint is not None
    assert answer.endpoint.logical_id == "LogsEndpoint"
    assert answer.endpoints == (answer.endpoint,)


def test_a_service_without_endpoint_and_way_out_is_not_reached() -> None:
    answer = reach(ISOLATED, ECR)
    assert faults(answer) == {Fault.NO_ENDPOINT, Fault.NO_ROUTE}
    assert decisive(answer, Fault.NO_ENDPOINT) == "Vpc"
    assert decisive(answer, Fault.NO_ROUTE) == "Table"
    assert answer.endpoint is None


@pytest.mark.parametrize("off", [None, False, "false"])
def test_an_endpoint_without_private_dns_is_not_used(off: object) -> None:
    answer = reach(changed(ISOLATED, LogsEndpoint={"PrivateDnsEnabled": off}), LOGS)
    assert Fault.NO_PRIVATE_DNS in faults(answer)
    assert decisive(answer, Fault.NO_PRIVATE_DNS) == "LogsEndpoint"


def test_an_endpoint_without_private_dns_does_not_matter_where_there_is_a_way_out() -> None:
    answer = reach(changed(WITH_NAT, LogsEndpoint={"PrivateDnsEnabled": False}), LOGS, groups="OpenGroup")
    assert answer.verdict is PASS
    assert answer.endpoint is None
    assert any("LogsEndpoint has no private DNS" in link.text for link in answer.links)


def test_an_endpoint_with_private_dns_breaks_the_service_even_where_there_is_a_way_out() -> None:
    answer = reach(WITH_NAT, LOGS, groups="OpenGroup")
    assert faults(answer) == {Fault.INGRESS_CLOSED}
    assert decisive(answer, Fault.INGRESS_CLOSED) == "EndpointGroup"
    assert broken(answer)[0].explanation == "ENI_SG_RULES_MISMATCH"


def test_an_endpoint_of_another_vpc_does_not_count() -> None:
    other = "Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}"
    answer = reach(changed(ISOLATED, other, LogsEndpoint={"VpcId": {"Ref": "Other"}}), LOGS)
    assert Fault.NO_ENDPOINT in faults(answer)


def test_an_endpoint_in_another_subnet_serves_the_whole_vpc() -> None:
    assert reach(ISOLATED, LOGS, subnets=["Subnet", "EndpointSubnet"]).verdict is PASS


def test_an_endpoint_that_states_no_group_has_the_default_one_which_admits_itself_only() -> None:
    without = changed(ISOLATED, LogsEndpoint={"SecurityGroupIds": None})
    answer = reach(without, LOGS)
    assert faults(answer) == {Fault.EGRESS_CLOSED, Fault.INGRESS_CLOSED}
    assert decisive(answer, Fault.INGRESS_CLOSED) == "Vpc"
    assert reach(without, LOGS, groups=[]).verdict is PASS


def test_an_endpoint_that_states_no_subnets_is_unknown() -> None:
    assert reach(changed(ISOLATED, LogsEndpoint={"SubnetIds": None}), LOGS).verdict is UNKNOWN


def test_a_gateway_is_what_an_endpoint_is_unless_it_says_so_and_logs_has_none() -> None:
    answer = reach(changed(ISOLATED, LogsEndpoint={"VpcEndpointType": None}), LOGS)
    assert Fault.NO_ENDPOINT in faults(answer)


def test_a_closed_client_is_not_let_out_to_the_endpoint() -> None:
    answer = reach(changed(ISOLATED, without=("ClientsOut",)), LOGS)
    assert faults(answer) == {Fault.EGRESS_CLOSED}
    assert decisive(answer, Fault.EGRESS_CLOSED) == "ClientGroup"


def test_any_of_several_groups_lets_a_task_out() -> None:
    own = "Own: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, SecurityGroupEgress: [{CidrIp: "
    closed = own + "255.255.255.255/32, IpProtocol: icmp, FromPort: 1, ToPort: 1}]}}"
    assert reach(changed(ISOLATED, closed), LOGS, groups=["Own", "ClientGroup"]).verdict is PASS
    assert faults(reach(changed(ISOLATED, closed), LOGS, groups="Own")) == {Fault.EGRESS_CLOSED, Fault.INGRESS_CLOSED}


def test_two_endpoints_of_which_one_has_private_dns_are_as_good_as_one() -> None:
    other = {**ISOLATED["LogsEndpoint"]["Properties"], "PrivateDnsEnabled": False}
    both = {**ISOLATED, "Another": {"Type": "AWS::EC2::VPCEndpoint", "Properties": other}}
    answer = reach(both, LOGS)
    assert answer.verdict is PASS
    assert answer.endpoint is not None
    assert answer.endpoint.logical_id == "LogsEndpoint"


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attributes", [{"EnableDnsHostnames": None}, {"EnableDnsSupport": False}])
def test_private_dns_needs_both_attributes_of_the_vpc(attributes: dict[str, object]) -> None:
    answer = reach(changed(ISOLATED, Vpc=attributes), LOGS)
    assert faults(answer) == {Fault.NO_VPC_DNS}
    assert decisive(answer, Fault.NO_VPC_DNS) == "Vpc"


def test_public_names_need_the_resolver_only() -> None:
    assert reach(changed(ISOLATED, Vpc={"EnableDnsHostnames": None}), S3).verdict is PASS
    assert faults(reach(changed(ISOLATED, Vpc={"EnableDnsSupport": "false"}), S3)) == {Fault.NO_VPC_DNS}


def test_dns_attributes_that_are_not_known_leave_it_open() -> None:
    body = {"Parameters": {"Dns": {"Type": "String"}}, "Resources": ISOLATED}
    unknown = {**body, "Resources": changed(ISOLATED, Vpc={"EnableDnsHostnames": {"Ref": "Dns"}})}
    assert reach(unknown, LOGS).verdict is UNKNOWN


OWN_DNS = """
Options: {Type: AWS::EC2::DHCPOptions, Properties: {DomainNameServers: [10.0.0.99]}}
UseOptions: {Type: AWS::EC2::VPCDHCPOptionsAssociation, Properties: {VpcId: !Ref Vpc, DhcpOptionsId: !Ref Options}}
"""


def test_name_servers_of_its_own_make_names_unknown_unless_assumed_regular() -> None:
    own = changed(ISOLATED, OWN_DNS)
    assert reach(own, LOGS).verdict is UNKNOWN
    assert reach(own, LOGS, assume=("vpc=private-dns",)).verdict is PASS
    outside = changed(own, UseOptions={"DhcpOptionsId": "dopt-1"})
    assert reach(outside, LOGS).verdict is UNKNOWN
    amazon = changed(own, Options={"DomainNameServers": ["AmazonProvidedDNS"]})
    assert reach(amazon, LOGS).verdict is PASS


ZONE = """
Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: NAME, VPCs: [{VPCId: !Ref Vpc, VPCRegion: eu-west-1}]}}
"""


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("logs.eu-west-1.amazonaws.com", UNKNOWN),
        ("eu-west-1.amazonaws.com.", UNKNOWN),
        ("amazonaws.com", UNKNOWN),
        ("kms.eu-west-1.amazonaws.com", FAIL),
        ("corp.example.com", FAIL),
    ],
)
def test_a_private_zone_of_the_name_may_lead_to_an_endpoint_elsewhere(name: str, verdict: Verdict) -> None:
    isolated = changed(ISOLATED, ZONE.replace("NAME", name), LogsEndpoint={"PrivateDnsEnabled": False})
    assert reach(isolated, LOGS).verdict is verdict


def test_a_private_zone_of_the_name_makes_it_unknown_where_there_is_a_way_out_too() -> None:
    zone = ZONE.replace("NAME", "api.ecr.eu-west-1.amazonaws.com")
    assert reach(changed(WITH_NAT, zone), ECR, groups="OpenGroup").verdict is UNKNOWN
    other = ZONE.replace("NAME", "dkr.ecr.eu-west-1.amazonaws.com")
    assert reach(changed(WITH_NAT, other), ECR, groups="OpenGroup").verdict is PASS


@pytest.mark.parametrize(
    "resource",
    [
        "R: {Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {VPCId: !Ref Vpc, ResolverRuleId: r-1}}",
        "P: {Type: AWS::Route53Profiles::ProfileAssociation, Properties: {ResourceId: !Ref Vpc, ProfileId: rp-1}}",
    ],
)
def test_central_name_resolution_turns_a_failure_into_unknown_and_no_more(resource: str) -> None:
    assert reach(changed(ISOLATED, resource), ECR).verdict is UNKNOWN
    assert reach(changed(ISOLATED, resource), ECR, assume=("vpc=endpoints:ecr.api",)).verdict is UNKNOWN
    open_ = changed(WITH_NAT, resource)
    assert reach(open_, ECR, groups="OpenGroup").verdict is PASS
    assert reach(changed(ISOLATED, resource), ECR, assume=("vpc=endpoints:logs",)).verdict is FAIL


def test_a_resolver_rule_for_a_domain_of_ones_own_changes_nothing() -> None:
    rule = """
    Rule: {Type: AWS::Route53Resolver::ResolverRule, Properties: {DomainName: corp.example.com, RuleType: FORWARD}}
    R: {Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {VPCId: !Ref Vpc, ResolverRuleId: !Ref Rule}}
    """
    assert reach(changed(ISOLATED, rule), ECR).verdict is FAIL
    assert reach(changed(ISOLATED, rule, Rule={"DomainName": "."}), ECR).verdict is UNKNOWN


# -- amazon s3 ---------------------------------------------------------------------------------------------------------


def test_s3_is_reached_through_the_gateway_of_the_subnets_table() -> None:
    answer = reach(ISOLATED, S3)
    assert answer.verdict is PASS
    assert answer.endpoint is not None
    assert answer.endpoint.logical_id == "S3Endpoint"


def test_a_gateway_on_another_table_does_not_serve_the_subnet() -> None:
    other = "OtherTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}"
    answer = reach(changed(ISOLATED, other, S3Endpoint={"RouteTableIds": [{"Ref": "OtherTable"}]}), S3)
    assert faults(answer) == {Fault.NO_GATEWAY_ROUTE, Fault.NO_ROUTE}
    assert decisive(answer, Fault.NO_GATEWAY_ROUTE) == "S3Endpoint"


def test_a_gateway_cannot_be_on_the_main_table() -> None:
    assert Fault.NO_GATEWAY_ROUTE in faults(reach(changed(ISOLATED, without=("Association",)), S3))


def test_without_gateway_and_way_out_s3_is_not_reached() -> None:
    assert faults(reach(changed(ISOLATED, without=("S3Endpoint",)), S3)) == {Fault.NO_ENDPOINT, Fault.NO_ROUTE}


def test_without_gateway_s3_is_reached_over_the_way_out() -> None:
    assert reach(changed(WITH_NAT, without=("S3Endpoint",)), S3, groups="OpenGroup").verdict is PASS
    assert reach(changed(WITH_NAT, without=("S3Endpoint",)), S3).verdict is PASS, "the prefix list covers it"


def test_the_route_to_the_gateway_goes_before_the_default_route() -> None:
    answer = reach(WITH_NAT, S3, groups="OpenGroup")
    assert answer.endpoint is not None


def test_a_client_closed_to_s3_is_told_so() -> None:
    for without in (("ClientsToS3",), ("ClientsToS3", "S3Endpoint")):
        answer = reach(changed(WITH_NAT, without=without), S3)
        assert faults(answer) == {Fault.PREFIX_LIST_CLOSED}
        assert decisive(answer, Fault.PREFIX_LIST_CLOSED) == "ClientGroup"


S3_INTERFACE = """
S3Names:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    VpcEndpointType: Interface
    ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
    PrivateDnsEnabled: true
    SubnetIds: [!Ref EndpointSubnet]
    SecurityGroupIds: [!GetAtt EndpointGroup.GroupId]
"""


def test_an_interface_endpoint_for_s3_may_do() -> None:
    answer = reach(changed(ISOLATED, S3_INTERFACE, without=("S3Endpoint",)), S3)
    assert answer.verdict is UNKNOWN
    assert answer.endpoint is None


def test_an_interface_endpoint_for_s3_that_works_does_not_spoil_the_gateway() -> None:
    assert reach(changed(ISOLATED, S3_INTERFACE), S3).verdict is PASS


def test_an_interface_endpoint_for_s3_that_admits_nobody_may_spoil_the_gateway() -> None:
    assert reach(changed(ISOLATED, S3_INTERFACE, S3Names={"SecurityGroupIds": None}), S3).verdict is UNKNOWN


def test_an_interface_endpoint_for_s3_is_for_other_networks_if_it_says_so() -> None:
    inbound = {"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": "OnlyInboundResolver"}}
    closed = changed(ISOLATED, S3_INTERFACE, S3Names={"SecurityGroupIds": None, **inbound})
    assert reach(closed, S3).verdict is PASS
    assert reach(changed(closed, without=("S3Endpoint",)), S3).verdict is FAIL


@pytest.mark.parametrize(
    "host", ["10.0.0.7", "10.0.0.7:5000", "registry.internal", "registry", "${Balancer.DNSName}", "internal-r.elb.aws"]
)
def test_a_private_host_may_be_in_the_network(host: str) -> None:
    assert reach(ISOLATED, InternetHost(host)).verdict is UNKNOWN


def test_a_host_in_a_private_zone_may_be_in_the_network() -> None:
    zone = changed(ISOLATED, ZONE.replace("NAME", "corp.example.com."))
    assert reach(zone, InternetHost("registry.corp.example.com")).verdict is UNKNOWN
    assert reach(zone, InternetHost("corp.example.com")).verdict is UNKNOWN
    assert reach(zone, InternetHost("registry.example.com")).verdict is FAIL
    assert reach(zone, InternetHost("mycorp.example.com")).verdict is FAIL


def test_a_mirror_may_answer_for_a_host() -> None:
    rule = "R: {Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {VPCId: !Ref Vpc, ResolverRuleId: r}}"
    assert reach(changed(ISOLATED, rule), DOCKER_HUB).verdict is UNKNOWN
    assert reach(changed(WITH_NAT, rule), DOCKER_HUB, groups="OpenGroup").verdict is PASS


def test_where_a_way_out_is_not_known_a_group_closed_to_public_addresses_proves_nothing() -> None:
    hub = changed(WITH_NAT, Default={"NatGatewayId": None, "TransitGatewayId": "tgw-1"})
    assert reach(hub, DOCKER_HUB).verdict is UNKNOWN
    assert faults(reach(hub, DOCKER_HUB, assume=("egress=nat",))) == {Fault.EGRESS_CLOSED}


# -- the way out -------------------------------------------------------------------------------------------------------


def test_a_host_that_no_endpoint_serves_needs_a_way_out() -> None:
    answer = reach(ISOLATED, DOCKER_HUB)
    assert faults(answer) == {Fault.UNSERVED_HOST, Fault.NO_ROUTE}
    assert decisive(answer, Fault.UNSERVED_HOST) == "Service"


def test_a_host_is_reached_through_a_nat_gateway() -> None:
    assert reach(WITH_NAT, DOCKER_HUB, groups="OpenGroup").verdict is PASS


def test_a_host_on_another_port_needs_that_port() -> None:
    https = "Https: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, SecurityGroupEgress: [RULE]}}"
    only = https.replace("RULE", "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}")
    resources = changed(WITH_NAT, only)
    assert reach(resources, DOCKER_HUB, groups="Https").verdict is PASS
    assert faults(reach(resources, InternetHost("r.example.com", 5000), groups="Https")) == {Fault.EGRESS_CLOSED}


def test_a_public_address_is_what_makes_an_internet_gateway_a_way_out() -> None:
    answer = reach(WITH_NAT, ECR, subnets="PublicSubnet", groups="OpenGroup")
    assert Fault.NO_PUBLIC_IP in faults(answer)
    assert decisive(answer, Fault.NO_PUBLIC_IP) == "Service"
    for public_ip, verdict in ((Ternary.YES, PASS), (Ternary.UNKNOWN, UNKNOWN)):
        of_public = reach(WITH_NAT, ECR, subnets="PublicSubnet", groups="OpenGroup", public_ip=public_ip)
        assert of_public.verdict is verdict


def test_the_worst_subnet_decides_and_is_named() -> None:
    answer = reach(WITH_NAT, ECR, subnets=["Subnet", "PublicSubnet"], groups="OpenGroup")
    assert answer.verdict is FAIL
    assert answer.subnet is not None
    assert not isinstance(answer.subnet, Unknown)
    assert answer.subnet.logical_id == "PublicSubnet"


def test_a_service_of_another_region_is_not_what_the_endpoint_serves() -> None:
    elsewhere = AwsService(Endpoint.LOGS, "us-east-1")
    assert Fault.NO_ENDPOINT in faults(reach(ISOLATED, elsewhere))
    assert reach(WITH_NAT, elsewhere, groups="OpenGroup").verdict is PASS


def test_a_service_of_a_region_that_is_not_known_may_be_what_the_endpoint_serves() -> None:
    anywhere = AwsService(Endpoint.LOGS, Unknown("a parameter"))
    assert reach(ISOLATED, anywhere).verdict is UNKNOWN
    assert reach(ISOLATED, AwsService(Endpoint.LOGS, "us-east-1"), region=None).verdict is UNKNOWN
    here = AwsService(Endpoint.LOGS, Symbol("AWS", "", "Region"))
    assert reach(ISOLATED, here, region=None).verdict is PASS


def test_an_endpoint_that_may_not_be_there_leaves_it_open() -> None:
    body = {
        "Parameters": {"Make": {"Type": "String"}},
        "Conditions": {"Makes": {"Fn::Equals": [{"Ref": "Make"}, {"Fn::ImportValue": "elsewhere"}]}},
        "Resources": changed(ISOLATED, LogsEndpoint={"PrivateDnsEnabled": {"Ref": "Make"}}),
    }
    assert reach(body, LOGS).verdict is UNKNOWN
    open_ = changed(ISOLATED, LogsEndpoint={"PrivateDnsEnabled": {"Ref": "Make"}})
    assert reach({**body, "Resources": {**WITH_NAT, **open_}}, LOGS, groups="OpenGroup").verdict is UNKNOWN


def test_an_endpoint_that_may_be_used_does_no_harm_if_both_ways_work() -> None:
    resources = changed(WITH_NAT, LogsEndpoint={"PrivateDnsEnabled": {"Ref": "Make"}})
    body = {"Parameters": {"Make": {"Type": "String"}}, "Resources": resources}
    assert reach(body, LOGS, groups=["OpenGroup", "ClientGroup"]).verdict is PASS


def test_a_subnet_without_ipv4_is_unknown() -> None:
    assert reach(changed(ISOLATED, Subnet={"Ipv6Native": True, "CidrBlock": None}), LOGS).verdict is UNKNOWN


IPV6 = """
Out: {Type: AWS::EC2::EgressOnlyInternetGateway, Properties: {VpcId: !Ref Vpc}}
Default6:
  Type: AWS::EC2::Route
  Properties:
    RouteTableId: !Ref Table
    DestinationIpv6CidrBlock: ::/0
    EgressOnlyInternetGatewayId: !Ref Out
"""


def test_a_way_out_over_ipv6_only_is_unknown() -> None:
    assert reach(changed(ISOLATED, IPV6), ECR).verdict is UNKNOWN
    assert reach(changed(ISOLATED, IPV6), LOGS).verdict is PASS


# -- networks that the templates do not show ---------------------------------------------------------------------------

IMPORTED = read("""
ClientGroup: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: vpc-1, GroupDescription: clients}}
EndpointGroup:
  Type: AWS::EC2::SecurityGroup
  Properties:
    VpcId: vpc-1
    SecurityGroupIngress:
      - {IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: !GetAtt ClientGroup.GroupId}
LogsEndpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: vpc-1
    VpcEndpointType: Interface
    ServiceName: !Sub com.amazonaws.${AWS::Region}.logs
    PrivateDnsEnabled: true
    SubnetIds: [subnet-1]
    SecurityGroupIds: [!GetAtt EndpointGroup.GroupId]
""")
OUTSIDE = [{"Fn::Sub": "subnet-1"}]


@pytest.mark.parametrize(
    ("destination", "assume", "verdict"),
    [
        (LOGS, (), UNKNOWN),
        (LOGS, ("vpc=private-dns",), PASS),
        (LOGS, ("vpc=endpoints:none",), PASS),
        (LOGS, ("vpc=endpoints:logs",), PASS),
        (ECR, (), UNKNOWN),
        (ECR, ("egress=nat",), PASS),
        (ECR, ("egress=none",), UNKNOWN),
        (ECR, ("vpc=private-dns", "egress=none"), UNKNOWN),
        (ECR, ("vpc=endpoints:logs,s3", "egress=none"), FAIL),
        (ECR, ("vpc=endpoints:logs,s3",), UNKNOWN),
        (ECR, ("vpc=endpoints:ecr.api", "egress=none"), PASS),
        (S3, (), UNKNOWN),
        (S3, ("egress=nat",), PASS),
        (S3, ("vpc=endpoints:s3", "egress=none"), PASS),
        (S3, ("vpc=endpoints:all",), PASS),
        (S3, ("vpc=endpoints:none", "egress=none"), FAIL),
        (DOCKER_HUB, (), UNKNOWN),
        (DOCKER_HUB, ("vpc=endpoints:all",), UNKNOWN),
        (DOCKER_HUB, ("egress=nat",), PASS),
        (DOCKER_HUB, ("egress=none",), FAIL),
        (AwsService(Endpoint.ECR_API, "us-east-1"), ("vpc=endpoints:ecr.api", "egress=none"), FAIL),
    ],
)
def test_an_imported_vpc_is_unknown_and_assumptions_settle_it(
    destination: AwsService | InternetHost, assume: tuple[str, ...], verdict: Verdict
) -> None:
    assert reach(IMPORTED, destination, assume=assume, subnets=OUTSIDE).verdict is verdict


def test_a_closed_client_fails_whatever_is_assumed_of_the_endpoint() -> None:
    nobody = [{"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}]
    closed = changed(IMPORTED, ClientGroup={"SecurityGroupEgress": nobody}, without=("LogsEndpoint",))
    for service, fault in ((ECR, Fault.EGRESS_CLOSED), (S3, Fault.PREFIX_LIST_CLOSED)):
        answer = reach(closed, service, subnets=OUTSIDE, assume=("vpc=endpoints:all",))
        assert faults(answer) == {fault}


def test_assumptions_never_overrule_what_the_templates_show() -> None:
    assert reach(ISOLATED, ECR, assume=("egress=nat", "vpc=endpoints:all")).verdict is FAIL
    assert reach(WITH_NAT, ECR, groups="OpenGroup", assume=("egress=none",)).verdict is PASS


def test_an_endpoint_of_the_templates_counts_whatever_is_assumed_of_the_others() -> None:
    closed = changed(IMPORTED, EndpointGroup={"SecurityGroupIngress": None})
    answer = reach(closed, LOGS, subnets=OUTSIDE, assume=("vpc=endpoints:all", "egress=nat"))
    assert faults(answer) == {Fault.INGRESS_CLOSED}


def test_a_default_route_to_what_is_not_shown_is_settled_by_the_assumption() -> None:
    hub = changed(WITH_NAT, Default={"NatGatewayId": None, "TransitGatewayId": "tgw-1"})
    assert reach(hub, ECR, groups="OpenGroup").verdict is UNKNOWN
    assert reach(hub, ECR, groups="OpenGroup", assume=("egress=nat",)).verdict is PASS
    assert faults(reach(hub, ECR, groups="OpenGroup", assume=("egress=none",))) == {Fault.NO_ENDPOINT, Fault.NO_ROUTE}


def test_two_mentions_of_one_parameter_are_one_vpc() -> None:
    resources = {
        name: {**data, "Properties": {**data["Properties"], "VpcId": {"Ref": "VpcId"}}}
        for name, data in IMPORTED.items()
    }
    body = {"Parameters": {"VpcId": {"Type": "AWS::EC2::VPC::Id"}}, "Resources": resources}
    assert reach(body, LOGS, subnets=OUTSIDE, assume=("vpc=private-dns",)).verdict is PASS


def test_unknown_groups_are_unknown() -> None:
    assert reach(ISOLATED, LOGS, groups=[{"Fn::Sub": "sg-1"}]).verdict is UNKNOWN
    assert reach(WITH_NAT, ECR, groups=[{"Fn::Sub": "sg-1"}]).verdict is UNKNOWN
    imported = changed(ISOLATED, LogsEndpoint={"SecurityGroupIds": ["sg-1"]})
    assert reach(imported, LOGS, groups="ClientGroup").verdict is UNKNOWN


def test_the_network_may_be_in_another_template() -> None:
    outputs = {
        name: {"Value": {"Ref": name}, "Export": {"Name": name}} for name in ("Subnet", "ClientGroup", "EndpointGroup")
    }
    network = {"Resources": ISOLATED, "Outputs": outputs}
    service = {"Resources": {"Service": {"Type": "AWS::ECS::Service"}}}
    answer = reach(
        (service, network),
        LOGS,
        subnets=[{"Fn::ImportValue": "Subnet"}],
        groups=[{"Fn::ImportValue": "ClientGroup"}],
    )
    assert answer.verdict is PASS
    alone = reach(service, LOGS, subnets=[{"Fn::ImportValue": "Subnet"}], groups=[{"Fn::ImportValue": "ClientGroup"}])
    assert alone.verdict is UNKNOWN


# -- another interface of the vpc --------------------------------------------------------------------------------------

MOUNT_GROUP = """
MountGroup:
  Type: AWS::EC2::SecurityGroup
  Properties:
    VpcId: !Ref Vpc
    SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 2049, ToPort: 2049, CidrIp: 10.0.0.0/24}]
"""


def mount(
    resources: dict[str, object], group: str | None = "MountGroup", client: str = "OpenGroup"
) -> set[Fault | None]:
    found = graph({**resources, **read(MOUNT_GROUP)}, region="eu-west-1")
    of = interface(found, groups=client)
    there = interface(found, subnets="EndpointSubnet", groups=[] if group is None else group)
    peer = Peer("MountTarget", there.security_groups, 2049, MOUNT, there.subnets)
    return faults(Topology(found).reach(of, peer))


def test_a_peer_is_reached_if_both_groups_agree() -> None:
    assert mount(WITH_NAT) == set()
    assert mount(WITH_NAT, client="ClientGroup") == {Fault.EGRESS_CLOSED}
    assert mount(WITH_NAT, group="EndpointGroup") == {Fault.INGRESS_CLOSED}
    assert mount(WITH_NAT, group=None) == {Fault.INGRESS_CLOSED}


def test_a_peer_needs_the_vpcs_names() -> None:
    assert mount(changed(WITH_NAT, Vpc={"EnableDnsSupport": False})) == {Fault.NO_VPC_DNS}


def test_a_peer_in_another_vpc_is_unknown() -> None:
    other = "Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}"
    found = graph(changed(WITH_NAT, other + MOUNT_GROUP, EndpointSubnet={"VpcId": {"Ref": "Other"}}))
    there = interface(found, subnets="EndpointSubnet", groups="MountGroup")
    peer = Peer("MountTarget", there.security_groups, 2049, MOUNT, there.subnets)
    assert Topology(found).reach(interface(found, groups="OpenGroup"), peer).verdict is UNKNOWN


def test_a_peer_somewhere_is_reached_by_group_but_by_address_it_is_unknown() -> None:
    found = graph({**WITH_NAT, **read(MOUNT_GROUP)})
    groups = interface(found, groups="MountGroup").security_groups
    anywhere = Peer("MountTarget", groups, 2049, MOUNT)
    answer = Topology(found).reach(interface(found, groups="OpenGroup"), anywhere)
    assert answer.verdict is PASS
    assert all(link.kind is not LinkKind.NETWORK_ACL for link in answer.links)


# -- the other questions -----------------------------------------------------------------------------------------------


def test_an_interface_is_isolated_if_one_of_its_subnets_has_no_way_out() -> None:
    found = graph(WITH_NAT)
    topology = Topology(found)
    assert topology.isolated(interface(found)) is Ternary.NO
    assert topology.isolated(interface(found, subnets=["Subnet", "EndpointSubnet"])) is Ternary.YES
    assert topology.isolated(interface(found, subnets=OUTSIDE)) is Ternary.UNKNOWN


def test_the_endpoint_that_a_name_leads_to_can_be_asked_for() -> None:
    found = graph(changed(ISOLATED, LogsEndpoint={"PrivateDnsEnabled": False}), region="eu-west-1")
    topology, vpc = Topology(found), found.resources("AWS::EC2::VPC")[0]
    assert topology.usable_endpoint(vpc, Endpoint.LOGS) is None
    assert [each.endpoint.logical_id for each in topology.candidates(vpc, Endpoint.LOGS)] == ["LogsEndpoint"]
    usable = topology.usable_endpoint(vpc, Endpoint.S3)
    assert usable is not None
    assert usable.logical_id == "S3Endpoint"


def test_the_vpc_of_an_interface_is_its_subnets_or_its_groups() -> None:
    found = graph(WITH_NAT)
    topology, vpc = Topology(found), found.resource("Template", "Vpc")
    assert topology.vpcs(interface(found, subnets=["Subnet", "PublicSubnet"])) == (vpc,)
    assert topology.vpcs(interface(found, subnets=OUTSIDE)) == (vpc,)
    default = [{"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}]
    assert topology.vpcs(interface(found, subnets=OUTSIDE, groups=default)) == (vpc,)
    (unknown,) = topology.vpcs(interface(found, subnets=OUTSIDE, groups=[]))
    assert isinstance(unknown, Unknown)
    assert isinstance(topology.vpc(unknown), Unknown)


def test_a_gateway_on_tables_that_are_not_known_may_be_on_the_subnets() -> None:
    for tables in ({"Ref": "Tables"}, [{"Ref": "Tables"}]):
        resources = changed(ISOLATED, S3Endpoint={"RouteTableIds": tables})
        body = {"Parameters": {"Tables": {"Type": "String"}}, "Resources": resources}
        assert reach(body, S3).verdict is UNKNOWN
        main = {**body, "Resources": changed(resources, without=("Association",))}
        assert reach(main, S3).verdict is UNKNOWN


def test_a_gateway_for_a_subnet_of_a_vpc_outside_may_be_on_the_main_table() -> None:
    outside = {name: {"VpcId": "vpc-1"} for name in ("Subnet", "Table", "ClientGroup", "S3Endpoint")}
    resources = changed(ISOLATED, without=("Association",), **outside)
    assert reach(resources, S3).verdict is UNKNOWN


def test_an_interface_without_subnets_is_unknown() -> None:
    assert reach(ISOLATED, LOGS, subnets=[]).verdict is UNKNOWN


def test_the_same_question_is_answered_once() -> None:
    found = graph(ISOLATED)
    topology = Topology(found, Assumptions())
    assert topology.reach(interface(found), LOGS) is topology.reach(interface(found), LOGS)
    assert interface(found).where == TASK
