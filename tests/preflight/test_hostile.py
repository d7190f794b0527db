"""Whatever a file holds: a report or exit status 2, in the stated time and memory, and never a traceback."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.formats import Format, render
from constructs_ecs.preflight.templates.documents import InputError
from tests.preflight.support import services
from tests.support import ROOT

SECONDS: Final = 20
"""No input takes longer than this; on a machine that does nothing else, none takes a quarter of it."""
MEMORY: Final = 2 << 30
"""Nor more bytes of address space."""

Data = dict[str, Any]


def _resources(**resources: Data) -> str:
    return json.dumps({"Resources": resources})


def _service(**properties: Any) -> str:  # noqa: ANN401 - any property
    """A service and its network that would start, but for the properties of the task definition."""
    body = services(1)
    body["Resources"]["App0Task"]["Properties"] |= properties
    return json.dumps(body)


def _doubling_sub() -> Data:
    value: Data = {"Fn::Sub": "x"}
    for _ in range(45):
        value = {"Fn::Sub": ["${A}${A}", {"A": value}]}
    return value


def _doubling_join() -> Data:
    resources: Data = {"Start": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"ManagedPolicyName": "x"}}}
    for number in range(30):
        before = {"Ref": f"Log{number - 1}"} if number else "x"
        name = {"Fn::Join": ["", [before, before]]}
        resources[f"Log{number}"] = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}}
    return resources


def _many_conditions(count: int) -> str:
    body = services(2)
    names = [f"Choice{number}" for number in range(count)]
    body["Parameters"] |= {name: {"Type": "String"} for name in names}
    body["Conditions"] = {f"Is{name}": {"Fn::Equals": [{"Ref": name}, "yes"]} for name in names}
    tags = [{"Fn::If": [f"Is{name}", {"Key": name, "Value": "1"}, {"Ref": "AWS::NoValue"}]} for name in names]
    body["Resources"]["App0Task"]["Properties"]["Memory"] = {"Fn::If": [f"Is{names[0]}", "512", "1024"]}
    for number, name in enumerate(names):
        path = {"Fn::If": [f"Is{name}", "512", "1024"]}
        body["Resources"][f"Task{number}"] = {**body["Resources"]["App0Task"], "Condition": f"Is{name}"}
        body["Resources"]["App1Task"]["Properties"]["ContainerDefinitions"][0][f"P{number}"] = path
    body["Resources"]["App1Task"]["Properties"]["Tags"] = tags
    return json.dumps(body)


def _cyclic_conditions() -> str:
    body = services(1)
    body["Conditions"] = {
        "A": {"Fn::Not": [{"Condition": "B"}]},
        "B": {"Fn::And": [{"Condition": "A"}, {"Condition": "B"}]},
    }
    body["Resources"]["App0Task"]["Condition"] = "A"
    return json.dumps(body)


def _catastrophic_policy() -> str:
    action = "*a" * 400 + "b"
    document = {"Statement": [{"Effect": "Allow", "Action": [action] * 50, "Resource": "arn:" + "*?" * 2000}] * 50}
    body = services(1)
    for name in ("App0Role", "App0TaskRole"):
        policies = [{"PolicyName": f"P{number}", "PolicyDocument": document} for number in range(5)]
        body["Resources"][name]["Properties"]["Policies"] = policies
    return json.dumps(body)


def _cyclic_imports() -> str:
    outputs = {f"Out{number}": _export(number, (number + 1) % 50) for number in range(50)}
    resources = services(1)["Resources"]
    resources["App0Task"]["Properties"]["TaskRoleArn"] = {"Fn::ImportValue": "Export0"}
    return json.dumps({"Resources": resources, "Outputs": outputs})


def _export(number: int, other: int) -> Data:
    return {"Value": {"Fn::ImportValue": f"Export{other}"}, "Export": {"Name": f"Export{number}"}}


def _groups_in_a_ring() -> str:
    body = services(1)
    for number in range(500):
        source = {"Fn::GetAtt": [f"Ring{(number + 1) % 500}", "GroupId"]}
        rule = {"IpProtocol": "-1", "SourceSecurityGroupId": source}
        properties = {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "x", "SecurityGroupIngress": [rule] * 20}
        body["Resources"][f"Ring{number}"] = {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}
    return json.dumps(body)


def _state_machine(definition: str) -> str:
    return _resources(Job={"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": definition}})


def _nested_states() -> str:
    """More states in states than what reads them may recurse; written as text, for the same reason."""
    before, after = '{"StartAt": "A", "States": {"A": {"Type": "Parallel", "End": true, "Branches": [', "]}}}"
    inner = (
        '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "End": true}}}'
    )
    return _state_machine(before * 5000 + inner + after * 5000)


_LAUGHS = "\n".join(
    [
        "a: &a [lol, lol, lol]",
        *(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]" for n in range(20)),
    ]
)

INPUTS: Final[dict[str, Callable[[], str | bytes]]] = {
    "nothing.json": lambda: "",
    "nul.json": lambda: b"\0" * 1000,
    "no-text.yaml": lambda: bytes(range(256)) * 50,
    "wide.json": lambda: "\ufeff".encode("utf-16") + json.dumps({"Resources": {}}).encode("utf-16"),
    "deep.json": lambda: '{"Resources":' + "[" * 200_000,
    "deep-closed.json": lambda: '{"Resources":' + '{"a":' * 50_000 + "1" + "}" * 50_001,
    "deep.yaml": lambda: "Resources: " + "[" * 100_000,
    "deep-blocks.yaml": lambda: "Resources:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 3000)),
    "laughs.yaml": lambda: _LAUGHS + "\nResources: {A: {Type: 'AWS::ECS::Service', Properties: {X: *t}}}\n",
    "itself.yaml": lambda: "Resources: &a\n  A: {Type: 'AWS::ECS::Service', Properties: *a}\n",
    "merges.yaml": lambda: "x: &x {a: 1}\nResources: {A: {<<: [" + ", ".join(["*x"] * 20_000) + "], Type: T}}\n",
    "python.yaml": lambda: "Resources: !!python/object/apply:os.system ['echo hostile']\n",
    "digits.json": lambda: (
        '{"Resources": {"A": {"Type": "AWS::ECS::Service", "Properties": {"X": ' + "9" * 500_000 + "}}}}"
    ),
    "infinite.json": lambda: '{"Resources": {"A": {"Type": "T", "Properties": {"X": 1e999999999, "Y": NaN}}}}',
    "surrogates.json": lambda: (
        '{"Resources": {"\\ud800": {"Type": "AWS::ECS::Service", "Properties": {"X": "\\udfff"}}}}'
    ),
    "escapes.json": lambda: _resources(**{"\x1b[2J\x1b]0;x\x07\r\n": {"Type": "AWS::ECS::Service", "Properties": {}}}),
    "doubling-sub.json": lambda: _service(Family=_doubling_sub()),
    "doubling-join.json": lambda: _resources(**_doubling_join()),
    "conditions.json": lambda: _many_conditions(60),
    "cyclic-conditions.json": _cyclic_conditions,
    "cyclic-imports.json": _cyclic_imports,
    "globs.json": _catastrophic_policy,
    "ring.json": _groups_in_a_ring,
    "states.json": _nested_states,
    "no-states.json": lambda: _state_machine("{" * 100_000),
    "containers.json": lambda: _service(ContainerDefinitions=[{"Name": "a", "Image": "a" * 10}] * 20_000),
    "image.json": lambda: _service(ContainerDefinitions=[{"Name": "a", "Image": "a/" * 200_000 + ":" * 200_000}]),
    "cidr.json": lambda: _service(Family={"Fn::Cidr": ["10.0.0.0/8", 2**40, 2**40]}),
    "select.json": lambda: _service(Family={"Fn::Select": [2**70, {"Fn::Split": ["", "a" * 100_000]}]}),
    "types.json": lambda: _service(ContainerDefinitions={"Name": [1]}, Cpu={"a": 1}, ExecutionRoleArn=7, Volumes="x"),
    "references.json": lambda: json.dumps({"Resources": {"A": {"Type": "T", "Properties": {"X": {"Ref": ["A"]}}}}}),
    "transform.json": lambda: json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {}}),
    "big.json": lambda: '{"Resources": {' + " " * 50_000_000 + "}}",
    "big.yaml": lambda: "Resources: {}\n" + "# a long comment\n" * 3_000_000,
    "values.json": lambda: '{"Resources": {}, "Metadata": [' + "1," * 2_000_000 + "1]}",
}


@pytest.mark.parametrize("name", INPUTS)
def test_a_hostile_file_ends_within_its_bounds_and_without_a_traceback(name: str, tmp_path: Path) -> None:
    written = INPUTS[name]()
    path = tmp_path / name
    path.write_bytes(written if isinstance(written, bytes) else written.encode())
    _bounded(path)


def test_an_assembly_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    child = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}
    parent = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "../../../../../../etc"}}
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "a.template.json"}}
    artifacts = {"Child": child, "Parent": parent, "Stack": stack}
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": artifacts}))
    nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "a.template.json"}, "Properties": {}}
    (tmp_path / "a.template.json").write_text(_resources(One=nested, Two=nested))
    _bounded(tmp_path)


def test_a_template_that_is_a_device_is_refused() -> None:
    done = _run(Path("/dev/zero"))
    assert (done.returncode, done.stdout) == (2, "")


def test_control_characters_of_a_template_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "escapes.json"
    body = services(1)
    definition = body["Resources"].pop("App0Task")
    definition["Properties"]["ContainerDefinitions"][0]["Name"] = "\x1b[2J\x07main\r\x9b"
    definition["Properties"]["Cpu"] = "\x1b[31m300"
    body["Resources"]["App0Task"] = definition
    path.write_text(json.dumps(body))
    for more in ([], ["-v"], ["--format", "markdown"]):
        out = _run(path, *more).stdout
        assert not [character for character in out if not character.isprintable() and character != "\n"]


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_KEYS = st.sampled_from(
    [
        "Ref",
        "Fn::GetAtt",
        "Fn::Sub",
        "Fn::If",
        "Fn::Join",
        "Fn::Select",
        "Fn::Split",
        "Fn::ImportValue",
        "Statement",
        "A",
    ]
) | st.text(max_size=4)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=8
)


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_any_value_in_any_property_gives_a_report(data: st.DataObject, file: Path) -> None:
    """Take a template that is right, and put anything anywhere."""
    body = services(1)
    for _ in range(data.draw(st.integers(1, 3))):
        at: Any = body
        while isinstance(at, dict | list) and at:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(at[key], dict | list) or data.draw(st.integers(0, 5)) == 0:
                at[key] = data.draw(_VALUES)
                break
            at = at[key]
    _answers(json.dumps(body), file)


@given(text=st.text(max_size=200) | st.recursive(_SCALARS, st.lists, max_leaves=5).map(json.dumps))
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_any_text_gives_a_report_or_is_refused_in_a_line(text: str, file: Path) -> None:
    _answers(text, file)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to write again and again."""
    return tmp_path / "a.template"


def _answers(text: str, file: Path) -> None:
    file.write_text(text, "utf-8", "surrogatepass")
    try:
        found = analyse([file])
    except InputError as error:
        assert "\n" not in str(error)
        return
    for format_ in Format:
        assert render(found, format_, verbose=True)
    assert not [finding.message for finding in found.findings if "failed: " in finding.message]


def _bounded(path: Path) -> None:
    done = _run(path)
    assert "Traceback" not in done.stderr, done.stderr
    assert "failed: " not in done.stdout, done.stdout
    assert done.returncode in (0, 1, 2)
    if done.returncode == 2:
        assert len(done.stderr.strip().splitlines()) == 1


def _run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "constructs_ecs.preflight", str(path), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
