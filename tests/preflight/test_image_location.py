import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.image_location import EcrImage, RegistryImage, locate
from constructs_ecs.preflight.templates.graph import Environment
from constructs_ecs.preflight.values import PSEUDO, Symbol, Text, Unknown, text

ACCOUNT, REGION, PARTITION, SUFFIX = (
    Symbol(PSEUDO, "", name) for name in ("AccountId", "Region", "Partition", "URLSuffix")
)
REPOSITORY, WHY = Symbol("T", "Repository", "Ref"), Unknown("parameter Image of T has no default")
ANYWHERE = Environment(partition=PARTITION, account=ACCOUNT, region=REGION, dns_suffix=SUFFIX)
HERE = Environment(partition="aws", account="123456789012", region="eu-west-1", dns_suffix="amazonaws.com")


def ecr(image: Text, environment: Environment = ANYWHERE) -> EcrImage:
    found = locate(image, environment)
    assert isinstance(found, EcrImage)
    return found


def test_a_repository_of_the_template_is_in_ecr_with_its_own_arn() -> None:
    found = ecr(text(ACCOUNT, ".dkr.ecr.", REGION, ".", SUFFIX, "/", REPOSITORY, ":1.4.2"))
    assert (found.account, found.region, found.repository) == (ACCOUNT, REGION, REPOSITORY)
    assert found.repository_arn == text("arn:", PARTITION, ":ecr:", REGION, ":", ACCOUNT, ":repository/", REPOSITORY)
    assert found.has_endpoint


def test_an_asset_s_repository_has_account_and_region_in_its_name() -> None:
    name = text("cdk-hnb659fds-container-assets-", ACCOUNT, "-", REGION)
    found = ecr(text(ACCOUNT, ".dkr.ecr.", REGION, ".", SUFFIX, "/", name, ":0123abcd"))
    assert found.repository == name


def test_a_literal_image_in_ecr_is_in_the_region_that_it_names() -> None:
    found = ecr("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/app@sha256:" + "0" * 64, HERE)
    assert found.repository_arn == "arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/app"
    assert ecr(text("123456789012.dkr.ecr.cn-north-1.", SUFFIX, "/app:1")).region == "cn-north-1"


def test_hosts_for_fips_and_dual_stack_have_no_endpoint_that_is_known_for_certain() -> None:
    assert not ecr("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/app:1").has_endpoint
    assert not ecr("123456789012.dkr-ecr.us-east-1.on.aws/app:1").has_endpoint


def test_a_tag_or_digest_that_is_not_known_says_nothing_of_the_place() -> None:
    host = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert ecr(text(host, "/app:", WHY)).repository == "app"
    assert ecr(text(host, "/app@sha256:", WHY)).repository == "app"
    assert ecr(text(host, "/", WHY, ":1")).repository == WHY


@pytest.mark.parametrize(
    ("image", "host", "port"),
    [
        ("nginx", "docker.io", 443),
        ("library/nginx:1", "docker.io", 443),
        ("ghcr.io/owner/app:1", "ghcr.io", 443),
        ("registry.example.com:5000/app", "registry.example.com", 5000),
        ("public.ecr.aws/nginx/nginx:1", "public.ecr.aws", 443),
    ],
)
def test_every_other_image_comes_from_a_registry_that_no_endpoint_serves(image: str, host: str, port: int) -> None:
    found = locate(image, HERE)
    assert found == RegistryImage(host=host, port=port, is_ecr_public=host == "public.ecr.aws")


@pytest.mark.parametrize(
    "image",
    [
        WHY,
        text(WHY, ":1"),
        text(WHY, "/app:1"),
        text("registry.", WHY, ".com/app"),
        text(REPOSITORY, "/app"),
        REPOSITORY,
    ],
)
def test_an_image_whose_registry_is_not_known_is_unknown(image: Text) -> None:
    found = locate(image, HERE)
    assert isinstance(found, Unknown)


def test_the_reason_says_what_is_missing() -> None:
    assert locate(text(WHY, ":1"), HERE) == Unknown(WHY.reason)


def test_what_is_no_image_is_unknown() -> None:
    assert locate("not an image", HERE) == Unknown("not an image is no image reference")


PIECES = st.sampled_from(
    ["nginx", "/", ":", "@", "1", ".", "dkr.ecr", "A", " ", ACCOUNT, REGION, SUFFIX, REPOSITORY, WHY]
)


@given(st.lists(PIECES, max_size=8), st.text(max_size=20))
def test_any_image_has_an_answer(pieces: list[object], more: str) -> None:
    assert isinstance(locate(text(*pieces, more), ANYWHERE), EcrImage | RegistryImage | Unknown)
