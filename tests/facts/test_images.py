from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError, UnsafeError
from constructs_ecs.facts.images import (
    ImageReference,
    RegistryKind,
    check_digest,
    check_ecr_repository_name,
    check_pinned,
    check_tag,
    ecr_host,
    registry_port,
)

SHA256 = "sha256:" + "0123456789abcdef" * 4
SHA512 = "sha512:" + "0123456789abcdef" * 8
ACCOUNT = "123456789012"


def _regex(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


DOMAINS = _regex(r"[A-Za-z0-9]([A-Za-z0-9-]{0,8}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,8}[A-Za-z0-9])?){1,3}")
HOSTS = st.tuples(
    DOMAINS | st.just("localhost") | _regex(r"\[[a-fA-F0-9]{0,4}(:[a-fA-F0-9]{0,4}){1,7}\]"),
    st.just("") | st.integers(min_value=1, max_value=65535).map(":{}".format),
).map("".join)
PATHS = _regex(
    r"([a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,6}){0,2})(/[a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,6}){0,2}){0,3}"
)
TAGS = _regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}")
DIGESTS = _regex(r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}")


@given(HOSTS, PATHS, st.none() | TAGS, st.none() | DIGESTS)
def test_every_reference_of_the_grammar_is_taken_apart(
    host: str, path: str, tag: str | None, digest: str | None
) -> None:
    text = f"{host}/{path}" + ("" if tag is None else f":{tag}") + ("" if digest is None else f"@{digest}")
    reference = ImageReference.parse(text)
    assert (reference.host, reference.repository, reference.tag, reference.digest) == (host, path, tag, digest)
    assert str(reference) == reference.canonical == text


def _is_short(path: str) -> bool:
    first, slash, _ = path.partition("/")
    return not slash or (first != "localhost" and "." not in first)


@given(PATHS.filter(_is_short), st.none() | TAGS)
def test_a_short_name_is_docker_hubs_and_its_canonical_form_means_the_same(path: str, tag: str | None) -> None:
    text = path if tag is None else f"{path}:{tag}"
    reference = ImageReference.parse(text)
    assert reference.host == "docker.io"
    again = ImageReference.parse(reference.canonical)
    parts = (reference.host, reference.repository, reference.tag)
    assert (again.host, again.repository, again.tag) == parts
    assert again.canonical == reference.canonical


@given(st.text() | _regex(r"[a-zA-Z0-9./:@_\[\]-]{0,40}") | st.text(alphabet="aA0._-/:@[]\n", max_size=30))
@example("")
@example("a" * 64)
@example("nginx:1.27\n")
@example("/")
@example("@")
@example("a@" + "b" * 300)
def test_any_text_is_a_reference_or_our_error(text: str) -> None:
    try:
        reference = ImageReference.parse(text)
    except InvalidValueError as error:
        assert error.code is Code.IMAGE_REFERENCE
    else:
        assert str(reference) == text
        assert ImageReference.parse(str(reference)) == reference
        assert isinstance(reference.kind, RegistryKind)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("grafana/grafana:11.2.0", "docker.io/grafana/grafana:11.2.0"),
        ("docker.io/nginx:1.27", "docker.io/library/nginx:1.27"),
        ("index.docker.io/nginx:1.27", "docker.io/library/nginx:1.27"),
        ("localhost/nginx", "localhost/nginx"),
        ("localhost:5000/nginx", "localhost:5000/nginx"),
        ("local/nginx", "docker.io/local/nginx"),
        ("Registry/nginx", "Registry/nginx"),
        ("10.0.0.7/nginx", "10.0.0.7/nginx"),
        ("[2001:db8::1]:5000/nginx:1", "[2001:db8::1]:5000/nginx:1"),
        (f"ghcr.io/a/b__c-d---e.f/g:1@{SHA256}", f"ghcr.io/a/b__c-d---e.f/g:1@{SHA256}"),
        (f"nginx@{SHA512}", f"docker.io/library/nginx@{SHA512}"),
        ("example.com", "docker.io/library/example.com"),
        ("example.com:5000", "docker.io/library/example.com:5000"),
    ],
)
def test_a_reference_is_read_as_docker_reads_it(text: str, canonical: str) -> None:
    assert ImageReference.parse(text).canonical == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        " nginx",
        "nginx ",
        "nginx:",
        "nginx:-1",
        "nginx:.1",
        "nginx:" + "a" * 129,
        "nginx:1:2",
        "nginx@",
        "nginx@sha256:abc",
        f"nginx@{SHA256.upper()}",
        f"nginx@{SHA256}0",
        "nginx@md5:" + "0" * 32,
        "Nginx",
        "ghcr.io/Team/app",
        "a//b",
        "/a",
        "a/",
        "-a/b",
        "a..b",
        "a___b",
        "_a",
        "a_",
        "a.b-/c",
        "[2001:db8::1/nginx",
        "[fe80::1%eth0]/nginx",
        "https://ghcr.io/app:1",
        "0" * 64,
        "naïve:1",
        "nginx:１",  # noqa: RUF001 - a digit that is none of ASCII's
        "ghcr.io/" + "a" * 256,
        "${Token[TOKEN.12]}",
    ],
)
def test_what_does_not_follow_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        ImageReference.parse(text)
    assert raised.value.code is Code.IMAGE_REFERENCE


@pytest.mark.parametrize("text", ["ghcr.io/Team/app:1", "NGINX:1.27"])
def test_upper_case_in_a_repository_is_named_as_the_fault(text: str) -> None:
    with pytest.raises(InvalidValueError, match="no upper-case letters"):
        ImageReference.parse(text)


def test_a_repository_name_has_at_most_255_characters() -> None:
    assert ImageReference.parse(f"ghcr.io/{'a' * 255}@{SHA256}").repository == "a" * 255
    with pytest.raises(InvalidValueError, match="at most 255 characters"):
        ImageReference.parse(f"ghcr.io/{'a' * 256}@{SHA256}")


def test_ecs_takes_255_characters_unless_there_is_a_digest() -> None:
    name = f"ghcr.io/{'a' * 245}"
    assert len(f"{name}:1") == 255
    ImageReference.parse(f"{name}:1")
    with pytest.raises(InvalidValueError, match="up to 255 characters, this has 256"):
        ImageReference.parse(f"{name}:12")
    ImageReference.parse(f"{name}:12@{SHA256}")


@pytest.mark.parametrize(
    ("host", "region", "arn_start"),
    [
        (f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1", "arn:aws:ecr:eu-west-1:"),
        (f"{ACCOUNT}.DKR.ecr.eu-west-1.amazonaws.com", "eu-west-1", "arn:aws:ecr:eu-west-1:"),
        (f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", "arn:aws-cn:ecr:cn-north-1:"),
        (f"{ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com", "us-gov-west-1", "arn:aws-us-gov:ecr:us-gov-west-1:"),
        (f"{ACCOUNT}.dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", "arn:aws-iso:ecr:us-iso-east-1:"),
        (f"{ACCOUNT}.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", "arn:aws-eusc:ecr:eusc-de-east-1:"),
    ],
)
def test_the_host_of_a_private_ecr_registry_says_where_it_is(host: str, region: str, arn_start: str) -> None:
    reference = ImageReference.parse(f"{host}/team/app:1")
    location = reference.ecr
    assert reference.kind is RegistryKind.ECR_PRIVATE
    assert location is not None
    assert (location.account, location.region, location.has_endpoint) == (ACCOUNT, region, True)
    assert location.repository_arn == f"{arn_start}{ACCOUNT}:repository/team/app"


@pytest.mark.parametrize(
    "host",
    [
        f"{ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com",
        f"{ACCOUNT}.dkr-ecr.us-east-1.on.aws",
        f"{ACCOUNT}.dkr-ecr-fips.us-east-1.on.aws",
    ],
)
def test_fips_and_dual_stack_hosts_of_ecr_have_no_endpoint(host: str) -> None:
    location = ImageReference.parse(f"{host}/app:1").ecr
    assert location is not None
    assert location.repository_arn == f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/app"
    assert not location.has_endpoint


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("public.ecr.aws/nginx/nginx:1.27", RegistryKind.ECR_PUBLIC),
        ("nginx:1.27", RegistryKind.INTERNET),
        ("ghcr.io/team/app:1", RegistryKind.INTERNET),
        ("1234.dkr.ecr.us-east-1.amazonaws.com/app:1", RegistryKind.INTERNET),
        (f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com.evil.example/app:1", RegistryKind.INTERNET),
        (f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com/app:1", RegistryKind.INTERNET),
        (f"evil.example/{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app:1", RegistryKind.INTERNET),
    ],
)
def test_only_the_host_decides_what_kind_of_registry_it_is(text: str, kind: RegistryKind) -> None:
    assert ImageReference.parse(text).kind is kind


def test_the_host_of_an_ecr_registry_ends_as_its_partition_does() -> None:
    assert ecr_host(ACCOUNT, "us-east-1") == f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
    assert ecr_host(ACCOUNT, "cn-north-1") == f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize(("tag", "digest"), [("1.27", None), (None, SHA256), ("latest", SHA256)])
def test_a_version_or_a_digest_pins_an_image(tag: str | None, digest: str | None) -> None:
    check_pinned(lambda: "nginx", tag=tag, digest=digest)


@pytest.mark.parametrize("tag", [None, "latest"])
def test_an_image_without_a_version_is_unsafe_and_the_error_names_the_opt_in(tag: str | None) -> None:
    with pytest.raises(UnsafeError, match="allow_mutable_tag=True") as raised:
        check_pinned(lambda: "nginx", tag=tag, digest=None)
    assert raised.value.code is Code.MUTABLE_IMAGE


@given(TAGS, DIGESTS)
def test_tags_and_digests_of_the_grammar_are_taken_alone(tag: str, digest: str) -> None:
    check_tag(tag)
    check_digest(digest)


@given(st.text())
def test_any_text_is_a_tag_or_our_error(text: str) -> None:
    for check in (check_tag, check_digest):
        try:
            check(text)
        except InvalidValueError as error:
            assert error.code is Code.IMAGE_REFERENCE


@pytest.mark.parametrize("name", ["ab", "team/app", "a.b_c-d/e", "a" * 256])
def test_a_repository_name_that_ecr_takes_is_taken(name: str) -> None:
    check_ecr_repository_name(name)


@pytest.mark.parametrize("name", ["", "a", "a" * 257, "App", "a__b", "/ab", "ab/", "a b", "ab\n"])
def test_a_repository_name_that_ecr_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        check_ecr_repository_name(name)
    assert raised.value.code is Code.ECR_REPOSITORY


@pytest.mark.parametrize(
    ("host", "port"), [("ghcr.io", 443), ("registry.example.com:5000", 5000), ("[2001:db8::1]", 443)]
)
def test_a_registrys_port_is_in_its_host_or_https(host: str, port: int) -> None:
    assert registry_port(host) == port


@pytest.mark.parametrize("port", ["0", "65536", "99999", "1" * 5000])
def test_a_registrys_port_is_one_that_can_be_called(port: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ImageReference.parse(f"registry.example.com:{port}/web@sha256:{'a' * 64}")
    assert caught.value.code is Code.IMAGE_REFERENCE
    ImageReference.parse("registry.example.com:65535/web:1")


@pytest.mark.parametrize("text", [None, 3, b"web:1"])
def test_what_is_no_text_is_no_reference(text: Any) -> None:  # noqa: ANN401 - a user may pass anything
    with pytest.raises(InvalidValueError) as caught:
        ImageReference.parse(text)
    assert caught.value.code is Code.IMAGE_REFERENCE
