import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import constructs_ecs
from tests.support import ROOT

PACKAGE = ROOT / "constructs_ecs"

# Each may import what stands before it.
ORDER = (
    "errors",
    "facts",
    "known",
    "lacking",
    "acknowledgements",
    "roles",
    "logs",
    "buckets",
    "secrets",
    "publishing",
    "network",
    "registry",
    "exec",
    "capacity",
    "cluster",
    "tasks",
    "services",
    "load_balancer",
    "operators",
    "checks",
)
MAY_IMPORT = {
    **{layer: set(ORDER[:place]) for place, layer in enumerate(ORDER)},
    "preflight": {"errors", "facts"},
    "checks": {*ORDER[: ORDER.index("checks")], "preflight"},
    "jobs": set(ORDER[: ORDER.index("tasks") + 1]),
}
WITHOUT_THE_CDK = ("errors", "facts", "preflight")
THE_CDK = {"aws_cdk", "cdk_nag", "constructs", "jsii"}


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def modules() -> list[Path]:
    """Every module of the library but its front door, which loads on demand from every layer."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def imported(source: str) -> Iterator[str]:
    """The dotted names that a source imports, wherever in it; `from a import b` gives `a.b`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                yield from (f"{'.' * level}{module or ''}.{alias.name}" for alias in names)


def forbidden(of: str, source: str) -> list[str]:
    """What a module of a layer imports and may not."""
    allowed = {of, *MAY_IMPORT[of]}
    wrong = []
    for name in imported(source):
        package, _, rest = name.partition(".")
        if name.startswith(".") or (package == "constructs_ecs" and rest.split(".")[0] not in allowed):
            wrong.append(name)
        if package in THE_CDK and of in WITHOUT_THE_CDK:
            wrong.append(name)
    return wrong


def test_each_module_has_a_place_in_the_order() -> None:
    assert {layer(path) for path in modules()} <= MAY_IMPORT.keys()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_the_order(path: Path) -> None:
    assert forbidden(layer(path), path.read_text()) == []


@pytest.mark.parametrize(
    ("of", "source"),
    [
        ("facts", "import aws_cdk as cdk"),
        ("facts", "from aws_cdk import aws_ecs"),
        ("errors", "import jsii"),
        ("preflight", "def f():\n    import cdk_nag"),
        ("preflight", "from constructs_ecs.roles import task_role"),
        ("roles", "from constructs_ecs.logs import log_group"),
        ("roles", "from constructs_ecs import logs"),
        ("roles", "import constructs_ecs.logs"),
        ("roles", "from constructs_ecs import TaskSize"),
        ("roles", "from . import logs"),
        (
            "tasks",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from constructs_ecs.services import Service",
        ),
        ("jobs", "from constructs_ecs.services import Service"),
    ],
)
def test_an_import_that_goes_up_is_seen(of: str, source: str) -> None:
    assert len(forbidden(of, source)) == 1


def test_an_import_that_goes_down_or_beside_is_none() -> None:
    source = "from constructs_ecs.facts.needs import Needs\nfrom constructs_ecs import errors\nimport aws_cdk as cdk"

    assert forbidden("roles", source) == []


def test_errors_facts_and_preflight_start_without_the_cdk() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules()
        if layer(path) in WITHOUT_THE_CDK and path.name != "__main__.py"
    ]
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
        f"    for loaded in sorted({THE_CDK!r} & sys.modules.keys()): print(name, 'loads', loaded)\n"
    )

    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert len(names) > 5
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "path", [ROOT / "app.py", *sorted((ROOT / "stacks").rglob("*.py"))], ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_sample_app_uses_the_public_names_alone(path: Path) -> None:
    public = {f"constructs_ecs.{name}" for name in constructs_ecs.__all__}
    names = {name for name in imported(path.read_text()) if name.split(".")[0] == "constructs_ecs"}

    assert names <= public
