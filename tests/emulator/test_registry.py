"""The registry variant lives through what its users do to it: credentials, updates, and a CLI that is killed."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.aws import Aws
from tests.emulator.cli import Cli
from tests.emulator.roles_session import acting_as
from tests.emulator.server import ACCOUNT, ROOT
from tests.emulator.updating import DATA, NETWORK, App

_CREDENTIALS = {"username": "robot$platform", "password": "p\"a\\s's w{0}rd"}


@pytest.fixture(scope="module")
def app(own_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> App:
    return App(own_cli, "registry", tmp_path_factory.mktemp("changes"), ["new image tag", "one more service"])


def _documented(arn: str) -> list[str]:
    """The words of the command that README has for the credentials."""
    (command,) = re.findall(r"^aws secretsmanager put-secret-value .+$", (ROOT / "README.md").read_text(), re.MULTILINE)
    return shlex.split(command.replace("<the secret's ARN>", arn))


def _run(aws: Aws, words: list[str], folder: Path) -> dict[str, Any]:
    """Do what the AWS CLI does with a command: its options are the operation's parameters, some of them from files."""
    _, service, operation, *options = words
    parameters = {}
    for name, value in zip(options[::2], options[1::2], strict=True):
        parameter = "".join(map(str.capitalize, name.removeprefix("--").split("-")))
        is_file = value.startswith("file://")
        parameters[parameter] = (folder / value.removeprefix("file://")).read_text() if is_file else value
    answer: dict[str, Any] = getattr(aws(service), operation.replace("-", "_"))(**parameters)
    return answer


def _secret(app: App) -> str:
    (arn,) = app.found().of_types({"AWS::SecretsManager::Secret"}).values()
    return arn


def _roles(app: App, part: str) -> list[str]:
    names = {key: name for (_, key), name in app.found().of_types({"AWS::IAM::Role"}).items() if part in key}
    return [f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in names.values()]


def _read(app: App, role: str, secret: str) -> Any:
    acting = acting_as(app.aws, role, "ecs-tasks.amazonaws.com")
    return json.loads(acting("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])


def test_a_creation_whose_cli_is_killed_is_deployed_again(app: App) -> None:
    assert app.kill_while_deploying(app.unchanged, "Network", "AWS::EC2::VPCEndpoint") == "CREATE_IN_PROGRESS"
    assert app.status("Cluster") == ""
    app.deploy()
    assert app.shows_no_difference(app.unchanged)


def test_an_update_whose_cli_is_killed_is_deployed_again(app: App) -> None:
    before = app.deploy()
    changed = app.changed("new image tag")
    assert app.kill_while_deploying(changed, "Services", "AWS::ECS::Service") == "UPDATE_IN_PROGRESS"
    after = app.deploy("new image tag")
    assert after.replaced_since(before) == {"AWS::ECS::TaskDefinition"}
    assert {image.rpartition(":")[2] for image in app.images()} == {"1.4.3"}
    assert app.shows_no_difference(changed)


def test_credentials_put_in_as_readme_says_are_read_by_the_execution_roles_and_outlast_an_update(
    app: App, tmp_path: Path
) -> None:
    before = app.deploy()
    arn = _secret(app)
    assert arn.startswith("arn:")
    (tmp_path / "credentials.json").write_text(json.dumps(_CREDENTIALS))
    _run(app.aws, _documented(arn), tmp_path)
    execution_roles = _roles(app, "TaskExecutionRole")
    assert len(execution_roles) == 4  # of two services and two jobs
    for role in execution_roles:
        assert _read(app, role, arn) == _CREDENTIALS

    after = app.deploy("one more service")
    kept = DATA | NETWORK
    assert before.of_types(kept).items() <= after.of_types(kept).items()
    assert after.replaced_since(before) == set()
    assert len(_roles(app, "TaskExecutionRole")) == 5
    for role in _roles(app, "TaskExecutionRole"):
        assert _read(app, role, arn) == _CREDENTIALS


def test_no_task_role_reads_the_credentials(app: App) -> None:
    app.deploy()
    roles = _roles(app, "TaskTaskRole")
    assert len(roles) == 4
    for role in roles:
        with pytest.raises(ClientError, match="not authorized to perform: secretsmanager:GetSecretValue"):
            _read(app, role, _secret(app))


def test_the_execution_roles_read_no_other_secret(app: App) -> None:
    app.deploy()
    other = app.aws("secretsmanager").create_secret(Name="other", SecretString="{}")["ARN"]
    for role in _roles(app, "TaskExecutionRole"):
        with pytest.raises(ClientError, match="not authorized to perform: secretsmanager:GetSecretValue"):
            _read(app, role, other)
