from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError, UnsafeError
from constructs_ecs.facts.cidrs import check_endpoint_cidr, check_ingress_cidr, check_vpc_cidr, subnet_layout

REFERENCE = "${Token[TOKEN.7]}"
VPC_BLOCKS = st.builds(
    lambda bits, prefix: str(ip_network((bits >> (32 - prefix) << (32 - prefix), prefix))),
    st.integers(0, 2**32 - 1),
    st.integers(16, 28),
)
SUBNET_COUNTS = st.integers(1, 6)


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "10.0.0.0/28", "172.31.240.0/20", "198.18.0.0/16"])
def test_a_vpc_has_a_block_of_16_to_28_bits(cidr: str) -> None:
    check_vpc_cidr(cidr)


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/8", "0.0.0.0/0", "10.0.0.0/29", "10.0.0.0/32"])
def test_a_block_that_is_too_large_or_too_small_for_a_vpc_is_refused(cidr: str) -> None:
    with pytest.raises(InvalidValueError, match="between /16 and /28") as caught:
        check_vpc_cidr(cidr)
    assert caught.value.code is Code.CIDR


@pytest.mark.parametrize(
    "cidr",
    ["", "10.0.0.0", "10.0.0.1/16", "10.0.0.0/255.255.0.0", "10.0.0.0/016", "2001:db8::/24", " 10.0.0.0/16", REFERENCE],
)
def test_what_is_no_ipv4_network_address_with_a_prefix_is_no_vpc_block(cidr: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_vpc_cidr(cidr)
    assert caught.value.code is Code.CIDR


@given(cidr=VPC_BLOCKS, tasks=SUBNET_COUNTS, public=st.integers(0, 6))
def test_subnets_fit_in_their_vpc_without_overlap_or_there_is_an_error(cidr: str, tasks: int, public: int) -> None:
    try:
        layout = subnet_layout(cidr, tasks=tasks, public=public)
    except InvalidValueError as error:
        assert error.code is Code.CIDR
        assert int(cidr.partition("/")[2]) > 24
        return
    subnets = [ip_network(block) for block in (*layout.tasks, *layout.public)]
    assert (len(layout.tasks), len(layout.public)) == (tasks, public)
    assert all(subnet.subnet_of(ip_network(cidr)) and subnet.prefixlen <= 28 for subnet in subnets)  # type: ignore[arg-type]
    assert not any(one.overlaps(two) for one in subnets for two in subnets if one is not two)


@given(cidr=VPC_BLOCKS, tasks=SUBNET_COUNTS, public=st.integers(0, 6), more=st.integers(0, 2))
def test_a_network_that_grows_moves_no_subnet(cidr: str, tasks: int, public: int, more: int) -> None:
    try:
        larger = subnet_layout(cidr, tasks=tasks + more, public=public + more)
    except InvalidValueError:
        return
    before = subnet_layout(cidr, tasks=tasks, public=public)
    assert larger.tasks[:tasks] == before.tasks
    assert larger.public[:public] == before.public


def test_each_subnet_is_a_sixteenth_of_a_large_block_and_a_28_of_a_small_one() -> None:
    assert subnet_layout("10.0.0.0/16", tasks=2, public=1).tasks == ("10.0.0.0/20", "10.0.16.0/20")
    assert subnet_layout("10.0.0.0/16", tasks=2, public=1).public == ("10.0.240.0/20",)
    assert subnet_layout("10.0.0.0/27", tasks=1, public=1).tasks == ("10.0.0.0/28",)
    assert subnet_layout("10.0.0.0/28", tasks=1, public=0).tasks == ("10.0.0.0/28",)


def test_a_block_without_room_for_the_subnets_says_how_many_it_holds() -> None:
    with pytest.raises(InvalidValueError, match="holds 2 subnets of /28; got 2 for tasks and 1 public"):
        subnet_layout("10.0.0.0/27", tasks=2, public=1)


@pytest.mark.parametrize(
    "cidr",
    [
        "10.0.0.0/8",
        "203.0.113.7/32",
        "2001::/16",
        "fc00::/7",
        "fd00::/8",
        "2001:db8::/56",
        "2001:DB8:0::/56",
        REFERENCE,
    ],
)
def test_ingress_from_a_block_of_addresses_is_accepted(cidr: str) -> None:
    check_ingress_cidr(cidr)


@pytest.mark.parametrize(
    "cidr",
    ["0.0.0.0/0", "::/0", "0.0.0.0/00", "10.1.2.3/0", "2001:db8::/0", "0.0.0.0/0.0.0.0", "::/00", "0:0:0:0:0:0:0:0/0"],
)
def test_ingress_from_everywhere_is_refused_however_it_is_written(cidr: str) -> None:
    with pytest.raises(UnsafeError) as caught:
        check_ingress_cidr(cidr)
    assert caught.value.code is Code.OPEN_INGRESS


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/7", "::/1", "2000::/3", "2000::/15", "f800::/6"]
)
def test_ingress_from_everywhere_in_pieces_is_refused(cidr: str) -> None:
    with pytest.raises(UnsafeError, match="in pieces") as caught:
        check_ingress_cidr(cidr)
    assert caught.value.code is Code.OPEN_INGRESS


@pytest.mark.parametrize(
    "cidr",
    ["", "0/0", "anywhere", "10.0.0.0", "10.0.0.1/8", "10.0.0.0/255.0.0.0", "10.0.0.0/33", "::1/64", "fe80::%1/64"],
)
def test_a_malformed_ingress_block_is_refused(cidr: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_ingress_cidr(cidr)
    assert caught.value.code is Code.CIDR


@given(st.text() | st.from_regex(r"[0-9a-f.:]{0,20}/[0-9.]{0,4}", fullmatch=True))
def test_any_text_is_an_ingress_block_or_our_error(text: str) -> None:
    try:
        check_ingress_cidr(text)
    except (InvalidValueError, UnsafeError):
        return
    block = ip_network(text)
    assert block.prefixlen >= (8 if block.version == 4 else 7)


@given(st.text() | st.from_regex(r"[0-9.]{0,15}/[0-9]{0,3}", fullmatch=True))
def test_any_text_is_a_vpc_block_or_our_error(text: str) -> None:
    try:
        check_vpc_cidr(text)
    except InvalidValueError:
        return
    assert 16 <= ip_network(text).prefixlen <= 28


@pytest.mark.parametrize("block", [10, None, b"10.0.0.0/16", 0])
def test_what_is_no_text_is_no_block(block: Any) -> None:  # noqa: ANN401 - a user may pass anything
    for check in (check_vpc_cidr, check_ingress_cidr, check_endpoint_cidr):
        with pytest.raises(InvalidValueError) as caught:
            check(block)
        assert caught.value.code is Code.CIDR


@pytest.mark.parametrize("cidr", ["10.9.0.0/24", "10.9.0.7/32", "2001:db8::/56", "${Token[TOKEN.1]}"])
def test_an_endpoint_is_in_a_block_of_addresses(cidr: str) -> None:
    check_endpoint_cidr(cidr)


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0", "10.9.0.1/24", "10.9.0.0", "10.9.0.0/255.255.255.0", ""])
def test_an_endpoint_is_not_at_every_address_or_at_none(cidr: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_endpoint_cidr(cidr)
    assert caught.value.code is Code.CIDR
