import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk.assertions import Annotations, Match
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError, UnsafeError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.features import ecr_image
from constructs_ecs.registry import EcrRepository, Image, RegistryCredentials
from tests import support

DIGEST = "sha256:" + "0123456789abcdef" * 4
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:dockerhub-AbCd12"  # noqa: S105 - a name


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return support.stack(env=support.ENVIRONMENT)


@pytest.fixture(scope="module")
def credentials(stack: cdk.Stack) -> RegistryCredentials:
    return RegistryCredentials.from_secret_complete_arn(stack, "Credentials", SECRET_ARN)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM public.ecr.aws/docker/library/busybox:1.37\n")
    (tmp_path / "notes.md").write_text("notes\n")
    return tmp_path


@pytest.mark.parametrize(
    ("reference", "host"),
    [
        ("nginx:1.27", "docker.io"),
        ("ghcr.io/team/app:1", "ghcr.io"),
        (f"registry.example.com:5000/app@{DIGEST}", "registry.example.com:5000"),
        ("public.ecr.aws/nginx/nginx:1.27", "public.ecr.aws"),
    ],
)
def test_an_image_of_a_registry_outside_needs_the_internet(stack: cdk.Stack, reference: str, host: str) -> None:
    bound = Image.from_registry(reference).bind(stack, "web")
    assert bound.host == host
    assert bound.needs.registries == (host,)
    assert not bound.needs.endpoints
    assert not bound.needs.execution_role


def test_an_image_of_a_private_registry_needs_its_credentials_too(
    stack: cdk.Stack, credentials: RegistryCredentials
) -> None:
    needs = Image.from_registry("ghcr.io/team/app:1", credentials=credentials).bind(stack, "web").needs
    assert needs.registries == ("ghcr.io",)
    assert needs.endpoints == {Endpoint.SECRETS_MANAGER}
    assert [permission.resources for permission in needs.execution_role] == [(SECRET_ARN,)]


def test_credentials_of_another_region_are_read_over_the_internet(credentials: RegistryCredentials) -> None:
    other = cdk.Environment(account="123456789012", region="eu-west-1")
    image = Image.from_registry("ghcr.io/team/app:1", credentials=credentials)
    needs = image.bind(support.stack(env=other), "web").needs
    assert (needs.registries, needs.internet) == (("ghcr.io",), ("Secrets Manager in us-east-1",))
    assert not needs.endpoints


def test_an_image_named_by_its_ecr_host_is_pulled_with_the_execution_role(stack: cdk.Stack) -> None:
    bound = Image.from_registry(f"{ECR}/team/app:1").bind(stack, "web")
    assert bound.host is None
    assert bound.needs == ecr_image("arn:aws:ecr:us-east-1:123456789012:repository/team/app")


@pytest.mark.parametrize("reference", ["nginx", "nginx:latest", f"{ECR}/app", f"{ECR}/app:latest"])
def test_an_image_without_a_version_is_refused_unless_the_caller_says_so(reference: str) -> None:
    with pytest.raises(UnsafeError, match="allow_mutable_tag=True") as raised:
        Image.from_registry(reference)
    assert raised.value.code is Code.MUTABLE_IMAGE
    Image.from_registry(reference, allow_mutable_tag=True)


def test_a_digest_is_accepted_even_beside_latest() -> None:
    Image.from_registry(f"nginx:latest@{DIGEST}")


@pytest.mark.parametrize("reference", [f"{ECR}/app:1", "public.ecr.aws/nginx/nginx:1.27"])
def test_credentials_for_ecr_are_refused(reference: str, credentials: RegistryCredentials) -> None:
    with pytest.raises(ConflictError) as raised:
        Image.from_registry(reference, credentials=credentials)
    assert raised.value.code is Code.IMAGE_CREDENTIALS


@given(st.text(), st.booleans())
def test_any_text_names_an_image_or_is_our_error(text: str, allow_mutable_tag: bool) -> None:
    try:
        Image.from_registry(text, allow_mutable_tag=allow_mutable_tag)
    except ConstructsEcsError as error:
        assert error.code in {Code.IMAGE_REFERENCE, Code.MUTABLE_IMAGE}


def test_a_reference_with_a_token_is_taken_as_it_is_with_a_warning() -> None:
    stack = support.stack()
    version = cdk.CfnParameter(stack, "Version").value_as_string
    credentials = RegistryCredentials.from_secret_complete_arn(stack, "Credentials", SECRET_ARN)
    bound = Image.from_registry(f"{ECR}/UPPER:{version}", credentials=credentials).bind(stack, "web")
    assert bound.host is None
    assert not bound.needs.leaves_network
    assert bound.needs == credentials.needs
    warnings = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("known at deployment only"))
    assert len(warnings) == 1


def test_an_image_in_a_repository_is_pulled_from_that_repository_alone(stack: cdk.Stack) -> None:
    repository = EcrRepository(stack, "Own")
    by_construct = Image.from_ecr(repository, tag="1.4.2").bind(stack, "web")
    by_l2 = Image.from_ecr(repository.repository, digest=DIGEST).bind(stack, "web")
    assert by_construct.needs == by_l2.needs == ecr_image(repository.repository.repository_arn)
    assert by_construct.host is by_l2.host is None


@pytest.mark.parametrize(
    "arguments", [{}, {"tag": "1", "digest": DIGEST}, {"tag": ""}, {"tag": "a b"}, {"digest": "1"}]
)
def test_an_image_in_a_repository_has_a_sound_tag_or_digest(stack: cdk.Stack, arguments: dict[str, Any]) -> None:
    repository = ecr.Repository.from_repository_name(stack, f"Named{sorted(arguments.items())}", "app")
    with pytest.raises(InvalidValueError) as raised:
        Image.from_ecr(repository, **arguments)
    assert raised.value.code is Code.IMAGE_REFERENCE


def test_latest_in_a_repository_is_refused_unless_the_caller_says_so(stack: cdk.Stack) -> None:
    repository = ecr.Repository.from_repository_name(stack, "Latest", "app")
    with pytest.raises(UnsafeError) as raised:
        Image.from_ecr(repository, tag="latest")
    assert raised.value.code is Code.MUTABLE_IMAGE
    Image.from_ecr(repository, tag="latest", allow_mutable_tag=True)


def test_a_tag_or_a_digest_that_is_a_token_is_taken(stack: cdk.Stack) -> None:
    repository = ecr.Repository.from_repository_name(stack, "Token", "app")
    Image.from_ecr(repository, tag=cdk.Fn.import_value("Tag"))
    Image.from_ecr(repository, digest=cdk.Fn.import_value("Digest"))


def test_a_directory_is_built_into_the_cdks_own_repository(directory: Path) -> None:
    stack = support.stack()
    bound = Image.from_directory(directory).bind(stack, "web")
    *_, pull = bound.needs.execution_role
    assert bound.host is None
    assert bound.needs.endpoints == {Endpoint.ECR_API, Endpoint.ECR_DOCKER, Endpoint.S3}
    assert "container-assets" in json.dumps(stack.resolve(pull.resources[0]))


@pytest.mark.parametrize("flags", [False, True])
def test_a_build_is_the_same_whoever_builds_it(directory: Path, flags: bool) -> None:
    (directory / "deeper").mkdir()
    (directory / "deeper" / "notes.md").write_text("notes\n")
    built = _built(Image.from_directory(directory, exclude=["*.md"]), flags=flags)
    assert built["source"]["platform"] == "linux/amd64"
    assert built["source"]["dockerFile"] == "Dockerfile"
    assert not (built["staged"] / "notes.md").exists()
    assert (built["staged"] / "deeper" / "notes.md").exists()  # as Docker reads the pattern


def test_the_options_of_a_build_are_passed_on(directory: Path) -> None:
    (directory / "Dockerfile.web").write_text("FROM public.ecr.aws/docker/library/busybox:1.37 AS web\n")
    image = Image.from_directory(
        directory,
        dockerfile="Dockerfile.web",
        build_args={"VERSION": "1"},
        build_secrets={"token": cdk.DockerBuildSecret.from_src("token.txt")},
        target="web",
        platform=ecr_assets.Platform.LINUX_ARM64,
        exclude=["notes.md"],
    )
    built = _built(image)
    assert built["source"] == built["source"] | {
        "dockerFile": "Dockerfile.web",
        "dockerBuildArgs": {"VERSION": "1"},
        "dockerBuildSecrets": {"token": "src=token.txt"},
        "dockerBuildTarget": "web",
        "platform": "linux/arm64",
    }
    assert not (built["staged"] / "notes.md").exists()


def _built(image: Image, *, flags: bool = True) -> dict[str, Any]:
    """The image asset that the CDK's command line is told to build."""
    stack = support.stack(flags=flags)
    image.bind(stack, "web")
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)
    folder = Path(app.synth().directory)
    (asset,) = json.loads((folder / f"{stack.artifact_id}.assets.json").read_text())["dockerImages"].values()
    return {**asset, "staged": folder / asset["source"]["directory"]}


def test_two_containers_of_a_task_are_built_from_directories_each(directory: Path) -> None:
    stack = support.stack()
    image = Image.from_directory(directory)
    image.bind(stack, "web")
    image.bind(stack, "proxy")


def test_a_relative_directory_is_found_from_where_the_app_starts(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(directory.parent)
    Image.from_directory(directory.name).bind(support.stack(), "web")


@pytest.mark.parametrize("dockerfile", ["", "Missing", "../Dockerfile", "folder", "${Token[TOKEN.1]}"])
def test_a_dockerfile_that_is_not_in_the_directory_is_refused(directory: Path, dockerfile: str) -> None:
    inner = directory / "inner"
    (inner / "folder").mkdir(parents=True)
    with pytest.raises(InvalidValueError) as raised:
        Image.from_directory(inner, dockerfile=dockerfile)
    assert raised.value.code is Code.IMAGE_REFERENCE


def test_an_absolute_dockerfile_is_refused(directory: Path) -> None:
    with pytest.raises(InvalidValueError, match="named relative to it"):
        Image.from_directory(directory, dockerfile=str(directory / "Dockerfile"))


@pytest.mark.parametrize("path", ["missing", "Dockerfile", "\0", "${Token[TOKEN.1]}"])
def test_a_directory_that_is_none_is_refused(directory: Path, path: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        Image.from_directory(directory / path)
    assert raised.value.code is Code.IMAGE_REFERENCE


@pytest.mark.parametrize(
    "options",
    [
        {"build_args": {"${Token[TOKEN.1]}": "1"}},
        {"build_args": {"VERSION": "${Token[TOKEN.1]}"}},
        {"build_secrets": {"token": "${Token[TOKEN.1]}"}},
        {"target": "${Token[TOKEN.1]}"},
        {"exclude": ["${Token[TOKEN.1]}"]},
    ],
)
def test_a_build_with_a_token_is_refused(directory: Path, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match="before its stack is deployed") as raised:
        Image.from_directory(directory, **options)
    assert raised.value.code is Code.IMAGE_REFERENCE


def test_credentials_that_are_none_are_refused() -> None:
    arn: Any = "arn"
    with pytest.raises(InvalidValueError) as caught:
        Image.from_registry("registry.example.com/web:1", credentials=arn)
    assert caught.value.code is Code.SETTING
