"""Apps of other people, from the built wheel in environments of their own: the newest aws-cdk-lib, and the oldest."""

import ast
import json
import os
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Verdict
from constructs_ecs.preflight.templates.dependencies import referred
from constructs_ecs.preflight.values import Ternary
from tests.commands import run
from tests.meaning import meaning, permissions
from tests.support import ROOT, of_type, only

APPS = ROOT / "tests" / "consumers"
ENVIRONMENTS = ("newest", "lowest")
_WORKERS = 2
_ONE_BY_ONE = """
import json, runpy, shutil, sys, traceback
for script, assembly in json.loads(sys.argv[1]):
    try:
        app = runpy.run_path(script, run_name="__main__")["app"]
        shutil.copytree(app.outdir, assembly)
        print(json.dumps(""))
    except Exception:
        print(json.dumps(traceback.format_exc()))
"""
"""A process has one folder for assemblies, and what is made elsewhere is gone when it ends."""

SERVICE = "AWS::ECS::Service"
TASK_DEFINITION = "AWS::ECS::TaskDefinition"
ENDPOINT = "AWS::EC2::VPCEndpoint"

Templates = Mapping[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Synthesis:
    """What came of one script of one app in one environment."""

    assembly: Path
    status: int
    errors: str

    @property
    def templates(self) -> Templates:
        """The templates by the paths of their files without ``.template.json``, those of Stages and nested included."""
        found = sorted(self.assembly.rglob("*.template.json"))
        return {
            str(file.relative_to(self.assembly)).removesuffix(".template.json"): json.loads(file.read_text())
            for file in found
        }


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An environment with the package in it."""

    python: Path
    folder: Path

    def synthesize(self, script: Path, flags: Mapping[str, Any] | None = None) -> Synthesis:
        """Run an app that sees nothing of the checkout.

        Args:
            script: the app.
            flags: feature flags, as they are in cdk.json's context; none by default.
        """
        assembly = self._assembly(script, "plain" if flags is None else "flags")
        context = {} if flags is None else {"CDK_CONTEXT_JSON": json.dumps(flags)}
        done = self._run(script, CDK_OUTDIR=str(assembly), **context)
        return Synthesis(assembly=assembly, status=done.returncode, errors=done.stderr)

    def synthesize_together(self, scripts: Sequence[Path]) -> list[Synthesis]:
        """Run apps one after the other in one process, as an aws-cdk-lib that takes seconds to import asks for."""
        assemblies = [self._assembly(script) for script in scripts]
        pairs = [(str(script), str(assembly)) for script, assembly in zip(scripts, assemblies, strict=True)]
        done = self._run("-c", _ONE_BY_ONE, json.dumps(pairs))
        assert done.returncode == 0, done.stderr
        found = [json.loads(line) for line in done.stdout.splitlines()]
        return [
            Synthesis(assembly=assembly, status=int(bool(errors)), errors=errors)
            for assembly, errors in zip(assemblies, found, strict=True)
        ]

    def _assembly(self, script: Path, kind: str = "plain") -> Path:
        return self.folder / f"{script.parent.name}-{script.stem}-{kind}"

    def _run(self, *arguments: Path | str, **env: str) -> CompletedProcess[str]:
        # Without the CDK's own validator, which says nothing of what is asked here and takes longer than all the rest.
        env |= {"CDK_VALIDATION": "false", "JSII_NODE": os.environ["JSII_NODE"]}
        return run([self.python, "-I", "-W", "error", *arguments], cwd=self.folder, env=env)

    def prove(self, *arguments: Path | str) -> dict[str, Any]:
        """Run the installed preflight."""
        done = run([self.python.parent / "ecs-preflight", "--format", "json", *arguments], cwd=self.folder)
        assert done.returncode in (0, 1), done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def flags(self) -> dict[str, Any]:
        """What the installed aws-cdk-lib recommends."""
        code = "import json; from tests.support import recommended_flags; print(json.dumps(recommended_flags()))"
        done = run([self.python, "-c", code], cwd=ROOT)
        assert done.returncode == 0, done.stderr
        flags: dict[str, Any] = json.loads(done.stdout)
        return flags


Made = dict[tuple[str, str], Synthesis]
"""Environment and script -> what came of it."""


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Environment]:
    """Fresh environments with the built wheel and what it depends on, as pip resolves it."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run([sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT])
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("constructs_ecs-*.whl")
    wanted: dict[str, list[str | Path]] = {"newest": [wheel], "lowest": [wheel, f"aws-cdk-lib=={_lowest()}"]}

    def install(name: str) -> Environment:
        home = tmp_path_factory.mktemp(name)
        run([sys.executable, "-m", "venv", "--without-pip", home / "venv"])
        python = home / "venv" / "bin" / "python"
        pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile"]
        installed = run([*pip, *wanted[name]])
        assert installed.returncode == 0, installed.stderr
        return Environment(python=python, folder=home)

    with ThreadPoolExecutor(_WORKERS) as pool:
        return dict(zip(ENVIRONMENTS, pool.map(install, ENVIRONMENTS), strict=True))


@pytest.fixture(scope="module")
def syntheses(environments: dict[str, Environment]) -> Made:
    """What came of each script in each environment."""
    scripts = _scripts()
    with ThreadPoolExecutor(_WORKERS) as pool:
        lowest = pool.submit(environments["lowest"].synthesize_together, scripts)
        newest = list(pool.map(environments["newest"].synthesize, scripts))
    made = {"newest": newest, "lowest": lowest.result()}
    return {
        (name, _name(script)): synthesis
        for name in ENVIRONMENTS
        for script, synthesis in zip(scripts, made[name], strict=True)
    }


def _lowest() -> str:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    (lowest,) = [match[1] for text in dependencies if (match := re.fullmatch(r"aws-cdk-lib>=([\d.]+),.*", text))]
    return f"{lowest}.0" if lowest.count(".") == 1 else lowest


def _scripts() -> list[Path]:
    return sorted(APPS.glob("*/*.py"))


def _name(script: Path) -> str:
    return str(script.relative_to(APPS))


SCRIPTS = [_name(script) for script in _scripts()]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_consumer_is_as_short_as_an_example_and_says_what_it_shows(script: str) -> None:
    text = (APPS / script).read_text()

    assert len(text.splitlines()) < 60
    assert ast.get_docstring(ast.parse(text))
    assert not re.search(r"\bassert\b|\bpytest\b|\bconsumer", text)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_consumer_synthesizes_from_the_installed_package(syntheses: Made, script: str, environment: str) -> None:
    made = syntheses[environment, script]

    assert made.status == 0, made.errors
    tasks = [task for template in made.templates.values() for task in of_type(template, TASK_DEFINITION)]
    assert tasks or script == "published_network/publisher.py"


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_consumer_is_the_same_with_the_lowest_and_the_newest_aws_cdk_lib(syntheses: Made, script: str) -> None:
    newest, lowest = (syntheses[name, script].templates for name in ENVIRONMENTS)

    assert {name: meaning(template) for name, template in newest.items()} == {
        name: meaning(template) for name, template in lowest.items()
    }


def test_the_environments_have_the_versions_that_they_are_for(environments: dict[str, Environment]) -> None:
    code = "from importlib.metadata import version; print(version('aws-cdk-lib'))"
    newest, lowest = (run([environments[name].python, "-I", "-c", code]).stdout.strip() for name in ENVIRONMENTS)

    assert lowest == _lowest()
    assert _figures(newest) > _figures(lowest)


def _figures(version: str) -> list[int]:
    return [int(figure) for figure in version.split(".")]


def test_the_installed_package_is_typed(environments: dict[str, Environment]) -> None:
    code = "import constructs_ecs, pathlib; print((pathlib.Path(constructs_ecs.__file__).parent / 'py.typed').exists())"

    assert run([environments["newest"].python, "-I", "-c", code]).stdout.strip() == "True"


# -- what the installed preflight says -----------------------------------------------------------------------------

VERDICTS = {
    ("existing_cluster/app.py",): ("PASS", "UNKNOWN"),
    ("existing_vpc_with_nat/app.py",): ("UNKNOWN", "UNKNOWN"),
    ("nested_stack/app.py",): ("PASS", "PASS"),
    ("nightly_job/app.py",): ("PASS", "PASS"),
    ("no_feature_flags/app.py",): ("PASS", "PASS"),
    ("private_service/app.py",): ("PASS", "PASS"),
    ("published_network/app.py",): ("UNKNOWN", "UNKNOWN"),
    ("published_network/publisher.py", "published_network/app.py"): ("PASS", "PASS"),
    ("stages/app.py",): ("PASS", "PASS"),
    ("two_stacks_that_talk/app.py",): ("PASS", "PASS"),
}
"""Scripts whose assemblies are looked at together -> of each service whether it starts, and whether ECS Exec works."""


@pytest.mark.parametrize(("scripts", "verdicts"), VERDICTS.items())
def test_the_installed_preflight_proves_what_the_templates_show_and_finds_no_fault(
    environments: dict[str, Environment], syntheses: Made, scripts: tuple[str, ...], verdicts: tuple[str, str]
) -> None:
    report = environments["newest"].prove(*(syntheses["newest", script].assembly for script in scripts))

    found = {(site["start"]["verdict"], site["exec"]["verdict"]) for site in report["launch_sites"]}
    assert found == {verdicts}
    assert report["findings"] == []


def test_every_consumer_is_proven_alone_or_with_another() -> None:
    assert {script for scripts in VERDICTS for script in scripts} == set(SCRIPTS)


# -- what each of them shows -----------------------------------------------------------------------------------------


def test_a_private_service_has_no_way_to_the_internet_and_no_function(syntheses: Made) -> None:
    types = _types(syntheses["newest", "private_service/app.py"].templates["Shop"])

    assert {SERVICE, ENDPOINT, "AWS::KMS::Key"} <= types
    assert not {"AWS::Lambda::Function", "AWS::EC2::NatGateway", "AWS::EC2::InternetGateway"} & types


def test_a_nightly_job_runs_without_a_service_or_a_function_and_reports_through_an_endpoint(syntheses: Made) -> None:
    template = syntheses["newest", "nightly_job/app.py"].templates["Reports"]
    endpoints = [json.dumps(each["Properties"]["ServiceName"]) for each in of_type(template, ENDPOINT).values()]

    assert {"AWS::StepFunctions::StateMachine", "AWS::Scheduler::Schedule", "AWS::Events::Rule"} <= _types(template)
    assert any(".states" in name for name in endpoints)
    assert not {SERVICE, "AWS::Lambda::Function", "AWS::EC2::NatGateway"} & _types(template)


def test_without_feature_flags_the_same_is_made_and_permitted_as_with_all_recommended_ones(
    environments: dict[str, Environment], syntheses: Made
) -> None:
    newest, script = environments["newest"], "no_feature_flags/app.py"
    flags = newest.flags()
    plain, flagged = syntheses["newest", script], newest.synthesize(APPS / script, flags)

    assert len(flags) > 50
    assert flagged.status == 0, flagged.errors
    assert meaning(plain.templates["Reports"]) == meaning(flagged.templates["Reports"])
    assert permissions(plain.templates["Reports"]) == permissions(flagged.templates["Reports"])
    assert plain.templates != flagged.templates  # so the flags had their say, in spelling


def test_stages_differ_in_their_settings_and_not_in_their_logical_ids(syntheses: Made) -> None:
    made = syntheses["newest", "stages/app.py"]
    test, production, recovery = (_of_stage(made, stage) for stage in ("Test", "Production", "Recovery"))

    assert production["Resources"].keys() == recovery["Resources"].keys()
    assert test["Resources"].keys() < production["Resources"].keys()  # production has one more Availability Zone
    assert [only(each, TASK_DEFINITION)["Cpu"] for each in (test, production, recovery)] == [
        "256",
        "1024",
        "1024",
    ]
    assert [only(each, SERVICE)["DesiredCount"] for each in (test, production, recovery)] == [1, 6, 0]


def test_each_stage_is_an_assembly_for_an_environment_of_its_own(syntheses: Made) -> None:
    folder = syntheses["newest", "stages/app.py"].assembly
    manifests = [json.loads(file.read_text()) for file in folder.glob("assembly-*/manifest.json")]
    stacks = (each for manifest in manifests for each in manifest["artifacts"].values())
    environments = {each["environment"] for each in stacks if each["type"] == "aws:cloudformation:stack"}

    assert environments == {
        "aws://111111111111/eu-central-1",
        "aws://222222222222/eu-central-1",
        "aws://222222222222/eu-west-1",
    }


def test_a_nested_stack_has_the_service_and_what_it_needs_of_its_parent_goes_one_way(syntheses: Made) -> None:
    templates = syntheses["newest", "nested_stack/app.py"].templates
    parent, (child,) = templates["Library"], [each for name, each in templates.items() if name.endswith(".nested")]

    assert (len(of_type(parent, SERVICE)), len(of_type(child, SERVICE))) == (0, 1)
    assert only(parent, "AWS::CloudFormation::Stack")["Parameters"]
    assert ".Outputs." not in json.dumps(parent)
    for template in (parent, child):
        _creation_order(template)


def test_a_published_network_is_read_by_path_when_it_is_deployed(syntheses: Made) -> None:
    platform = syntheses["newest", "published_network/publisher.py"].templates["Platform"]
    tickets = syntheses["newest", "published_network/app.py"].templates["Tickets"]
    published = {each["Properties"]["Name"] for each in of_type(platform, "AWS::SSM::Parameter").values()}
    read = {
        each["Default"]
        for each in tickets["Parameters"].values()
        if each["Type"].startswith("AWS::SSM::Parameter::Value<") and each["Default"].startswith("/platform/")
    }

    assert read
    assert read <= published
    assert not {"AWS::EC2::VPC", ENDPOINT, "AWS::ECS::Cluster"} & _types(tickets)


@pytest.mark.parametrize("missing", ["ecr.api", "ecr.dkr", "logs"])
def test_a_published_network_without_an_endpoint_is_found_over_both_apps(
    syntheses: Made, tmp_path: Path, missing: str
) -> None:
    platform = syntheses["newest", "published_network/publisher.py"].templates["Platform"]
    for name, each in of_type(platform, ENDPOINT).items():
        if json.dumps(each["Properties"]["ServiceName"]).endswith(f'.{missing}"]]}}'):
            del platform["Resources"][name]
    (tmp_path / "Platform.template.json").write_text(json.dumps(platform))

    (site,) = analyse([tmp_path, syntheses["newest", "published_network/app.py"].assembly]).launch_sites

    assert site.start.verdict is Verdict.FAIL


def test_a_vpc_that_exists_gets_security_groups_and_rules_and_no_endpoint(syntheses: Made) -> None:
    billing = syntheses["newest", "existing_vpc_with_nat/app.py"].templates["Billing"]

    assert not {"AWS::EC2::VPC", "AWS::EC2::Subnet", ENDPOINT, "AWS::EC2::NatGateway"} & _types(billing)
    (rule,) = of_type(billing, "AWS::EC2::SecurityGroupIngress").values()
    assert rule["Properties"]["GroupId"] == "sg-0f1e2d3c"
    assert {group["Properties"]["VpcId"] for group in of_type(billing, "AWS::EC2::SecurityGroup").values()} == {
        "vpc-0f1e2d3c"
    }


def test_a_service_in_a_vpc_that_exists_is_proven_when_its_user_vouches_for_the_way_out(
    environments: dict[str, Environment], syntheses: Made
) -> None:
    assembly = syntheses["newest", "existing_vpc_with_nat/app.py"].assembly
    assume = ("--assume", "vpc=endpoints:logs,s3", "--assume", "egress=nat")

    (site,) = environments["newest"].prove(assembly, *assume)["launch_sites"]

    assert (site["start"]["verdict"], site["exec"]["verdict"]) == ("PASS", "PASS")


def test_a_cluster_that_exists_is_named_and_not_made_and_exec_is_granted_on_what_is_stated(syntheses: Made) -> None:
    search = syntheses["newest", "existing_cluster/app.py"].templates["Search"]
    service = only(search, SERVICE)

    assert not {"AWS::ECS::Cluster", "AWS::KMS::Key"} & _types(search)
    assert service["Cluster"] == "shared"
    assert not {"LaunchType", "CapacityProviderStrategy"} & service.keys()
    atoms = {atom for found in permissions(search).values() for atom in found}
    written = {resource for _, _, action, resource, _ in atoms if action == "logs:PutLogEvents"}
    assert any(resource.endswith(":log-group:/ecs/exec/shared:*") for resource in written)
    assert "*" not in written


def test_two_stacks_let_each_other_in_and_one_can_be_deployed_after_the_other(syntheses: Made) -> None:
    made = syntheses["newest", "two_stacks_that_talk/app.py"]
    artifacts = json.loads((made.assembly / "manifest.json").read_text())["artifacts"]
    waits = {name: artifacts[name].get("dependencies", []) for name in artifacts}

    order = list(TopologicalSorter(waits).static_order())  # graphlib.CycleError where there is none

    assert {"Platform", "Orders", "Payments"} <= set(order)
    for port in (8080, 8443):
        rules = [
            each["Properties"]
            for template in made.templates.values()
            for each in template["Resources"].values()
            if each["Type"] in ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
            and each["Properties"]["FromPort"] == port
        ]
        assert len(rules) == 2


def _types(template: Mapping[str, Any]) -> set[str]:
    return {resource["Type"] for resource in template["Resources"].values()}


def _of_stage(made: Synthesis, stage: str) -> dict[str, Any]:
    (template,) = [each for name, each in made.templates.items() if name.startswith(f"assembly-{stage}/")]
    return template


def _creation_order(template: dict[str, Any]) -> list[str]:
    """The order in which CloudFormation can make the resources; graphlib.CycleError where there is none."""
    resources = template["Resources"]
    waits = {}
    for name, raw in resources.items():
        named = raw.get("DependsOn", [])
        found = {*(named if isinstance(named, list) else [named]), *referred(raw, lambda _: Ternary.UNKNOWN)}
        waits[name] = found & resources.keys()
    return list(TopologicalSorter(waits).static_order())
