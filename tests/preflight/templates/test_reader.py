import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ecs.preflight.templates.reader import MAX_TEMPLATES, InputError, Template, read, template
from tests.support import ROOT

BODY = {"Resources": {"A": {"Type": "T", "Metadata": {"aws:cdk:path": "Stack/A/Resource"}}, "B": {"Type": "T"}}}


def write(file: Path, body: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(body if isinstance(body, str) else json.dumps(body))
    return file


def assembly(folder: Path, **artifacts: dict[str, Any]) -> Path:
    write(folder / "manifest.json", {"version": "1", "artifacts": artifacts})
    return folder


def stack(file: str, environment: str = "aws://unknown-account/unknown-region", **properties: object) -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": file, **properties},
    }


def nesting(**nested: str) -> dict[str, Any]:
    return {
        "Resources": {
            name: {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": file}}
            for name, file in nested.items()
        }
    }


def names(templates: tuple[Template, ...]) -> list[str]:
    return [made.name for made in templates]


def test_an_assembly_gives_its_stacks_with_their_environments(tmp_path: Path) -> None:
    write(tmp_path / "Net.template.json", BODY)
    write(tmp_path / "App.template.json", BODY)
    assembly(
        tmp_path,
        Net=stack("Net.template.json"),
        Other={"type": "cdk:tree", "properties": {"file": "tree.json"}},
        App=stack("App.template.json", "aws://111122223333/eu-west-1", stackName="my-app"),
    )

    net, app = read([tmp_path])

    assert (net.name, net.stack_name, net.account, net.region) == ("Net", "Net", None, None)
    assert (app.name, app.stack_name, app.account, app.region) == ("App", "my-app", "111122223333", "eu-west-1")
    assert app.path == tmp_path / "App.template.json"
    assert names(read([tmp_path / "manifest.json"])) == ["Net", "App"]


def test_nested_assemblies_are_read(tmp_path: Path) -> None:
    write(tmp_path / "assembly-Prod" / "ProdApp.template.json", BODY)
    assembly(tmp_path / "assembly-Prod", ProdApp=stack("ProdApp.template.json", stackName="Prod-App"))
    assembly(tmp_path, Prod={"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}})

    (made,) = read([tmp_path])

    assert (made.name, made.stack_name) == ("ProdApp", "Prod-App")


def test_an_assembly_in_itself_ends(tmp_path: Path) -> None:
    assembly(tmp_path, Self={"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}})

    with pytest.raises(InputError, match="nests assemblies more than 10 deep"):
        read([tmp_path])


def test_construct_paths_come_from_the_template_or_from_the_manifest(tmp_path: Path) -> None:
    write(tmp_path / "App.template.json", BODY)
    artifact = stack("App.template.json")
    artifact["metadata"] = {"/Stack/B": [{"type": "aws:cdk:logicalId", "data": "B"}], "/x": "y"}
    assembly(tmp_path, App=artifact)

    (made,) = read([tmp_path])

    assert made.construct_paths == {"A": "Stack/A/Resource", "B": "Stack/B"}


def test_nested_stacks_are_read_once_for_each_use_and_know_their_parent(tmp_path: Path) -> None:
    write(tmp_path / "Root.template.json", nesting(One="Child.nested.template.json", Two="Child.nested.template.json"))
    write(tmp_path / "Child.nested.template.json", BODY)
    assembly(tmp_path, Root=stack("Root.template.json", "aws://111122223333/eu-west-1"))

    root, one, two = read([tmp_path])

    assert (root.parent, one.parent, two.parent) == (None, ("Root", "One"), ("Root", "Two"))
    assert (one.name, two.name) == ("Child", "Root/Two")
    assert (one.stack_name, one.account, one.region) == (None, "111122223333", "eu-west-1")


def uploading(folder: Path, name: str, **uploads: str) -> Path:
    """Write an asset manifest: object key -> file."""
    files = {
        key: {"source": {"path": file, "packaging": "file"}, "destinations": {"here": {"objectKey": f"a/{key}.json"}}}
        for key, file in uploads.items()
    }
    return write(folder / f"{name}.assets.json", {"version": "1", "files": files})


def nested_at(url: object) -> dict[str, Any]:
    return {"Resources": {"One": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}}}


@pytest.mark.parametrize(
    "url",
    [
        {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, "/", {"Fn::Sub": "assets-${X}"}, "/a/hash.json"]]},
        {"Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/assets-${AWS::AccountId}/a/hash.json"},
        "https://s3.eu-west-1.amazonaws.com/assets/a/hash.json",
    ],
)
def test_a_nested_stack_without_its_path_is_found_by_what_the_assembly_uploads(tmp_path: Path, url: object) -> None:
    write(tmp_path / "Root.template.json", nested_at(url))
    write(tmp_path / "Child.nested.template.json", BODY)
    uploading(tmp_path, "Root", hash="Child.nested.template.json", other="Root.template.json")
    assembly(tmp_path, Root=stack("Root.template.json"))

    assert [(made.name, made.parent) for made in read([tmp_path])] == [("Root", None), ("Child", ("Root", "One"))]


@pytest.mark.parametrize("url", [None, "", 7, [], {}, {"Ref": "Url"}, {"Fn::Sub": "x/${Hash}"}, "https://x/other.json"])
def test_a_nested_stack_that_nothing_is_uploaded_for_stays_unread(tmp_path: Path, url: object) -> None:
    write(tmp_path / "Root.template.json", nested_at(url))
    write(tmp_path / "Child.nested.template.json", BODY)
    uploading(tmp_path, "Root", hash="Child.nested.template.json")
    assembly(tmp_path, Root=stack("Root.template.json"))

    assert names(read([tmp_path])) == ["Root"]


@pytest.mark.parametrize(
    "manifest",
    [
        "no JSON",
        "[]",
        {"files": []},
        {"files": {"a": None, "b": {}, "c": {"source": {"path": "gone.template.json"}}}},
        {"files": {"a": {"source": {"path": "gone.template.json"}, "destinations": {"b": {"objectKey": "hash.json"}}}}},
        {"files": {"a": {"source": {"path": 3}, "destinations": [1]}}},
    ],
)
def test_an_asset_manifest_that_is_none_says_nothing(tmp_path: Path, manifest: object) -> None:
    write(tmp_path / "Root.template.json", nested_at("https://s3/assets/hash.json"))
    write(tmp_path / "Root.assets.json", manifest)
    assembly(tmp_path, Root=stack("Root.template.json"))

    assert names(read([tmp_path])) == ["Root"]


def test_a_template_that_is_nested_and_given_is_nested(tmp_path: Path) -> None:
    body = {
        "Resources": {"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./inner.yaml"}}}
    }
    root = write(tmp_path / "root.yaml", body)
    inner = write(tmp_path / "inner.yaml", nesting(Leaf="leaf.yaml"))
    leaf = write(tmp_path / "leaf.yaml", BODY)

    found = read([leaf, inner, root, root])

    assert [(made.name, made.parent) for made in found] == [
        ("root", None),
        ("inner", ("root", "Inner")),
        ("leaf", ("inner", "Leaf")),
    ]


def test_templates_that_nest_each_other_end(tmp_path: Path) -> None:
    one = write(tmp_path / "one.json", nesting(Two="two.json"))
    write(tmp_path / "two.json", nesting(One="one.json"))

    assert 2 <= len(read([one])) <= 20


def test_nested_stacks_that_multiply_are_refused(tmp_path: Path) -> None:
    for place in range(10):
        write(tmp_path / f"{place}.json", nesting(A=f"{place + 1}.json", B=f"{place + 1}.json", C=f"{place + 1}.json"))
    write(tmp_path / "10.json", BODY)

    with pytest.raises(InputError, match=f"more than {MAX_TEMPLATES} templates"):
        read([tmp_path / "0.json"])


def test_a_nested_stack_whose_template_is_elsewhere_stays_unread(tmp_path: Path) -> None:
    body = nesting(Gone="gone.json")
    body["Resources"]["Far"] = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://s3/x.json"},
    }
    file = write(tmp_path / "root.json", body)

    assert names(read([file])) == ["root"]


def test_templates_of_one_name_are_told_apart(tmp_path: Path) -> None:
    files = [write(tmp_path / folder / "app.template.json", BODY) for folder in ("a", "b")]

    first, second = read(files)

    assert first.name == "app"
    assert second.name == str(files[1])


def test_a_folder_of_templates_needs_no_manifest(tmp_path: Path) -> None:
    write(tmp_path / "a.template.json", BODY)
    write(tmp_path / "b.template.yaml", "Resources: {}")
    write(tmp_path / "package.json", "{}")

    assert names(read([tmp_path])) == ["a", "b"]


def test_a_template_knows_the_lines_of_what_is_in_it(tmp_path: Path) -> None:
    file = write(tmp_path / "it.yaml", "Resources:\n  A:\n    Type: T\n    Properties:\n      P:\n        - x\n")
    (made,) = read([file])

    assert made.line("A") == 2
    assert made.line("A", "Properties", "P", 0) == 6
    assert made.line("A", "Properties", "P", 5, "x") == 5
    assert made.line("Nothing") is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "has no Resources"),
        ("[]", "has no Resources"),
        ("text", "has no Resources"),
        ("{}", "has no Resources"),
        ("Resources: []", "has no Resources"),
        ("a: [", "cannot be read as YAML"),
    ],
)
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, body: str, why: str) -> None:
    file = write(tmp_path / "it.yaml", body)

    with pytest.raises(InputError, match=why) as raised:
        read([file])
    assert raised.value.path == str(file)


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        ([], "is no JSON object"),
        ({}, "has no artifacts"),
        ({"artifacts": {}}, "lists no stack"),
        ({"artifacts": {"A": None, "B": {"type": 1}}}, "lists no stack"),
        ({"artifacts": {"A": {"type": "aws:cloudformation:stack"}}}, "says no templateFile for A"),
        ({"artifacts": {"A": stack("\0")}}, "says no templateFile for A"),
        ({"artifacts": {"A": stack("gone.json")}}, "No such file"),
        ({"artifacts": {"A": {"type": "cdk:cloud-assembly", "properties": []}}}, "says no directoryName for A"),
        ({"artifacts": {"A": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "x"}}}}, "No such file"),
        ("{", "cannot be read as JSON"),
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, manifest: object, why: str) -> None:
    write(tmp_path / "manifest.json", manifest)

    with pytest.raises(InputError, match=why):
        read([tmp_path])


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    for path in (tmp_path / "nothing", tmp_path, loop, "a\0b"):
        with pytest.raises(InputError):
            read([path])


@pytest.mark.parametrize(
    "body", [{}, {"Resources": []}, {"Resources": {"A": []}}, {"Resources": {"A": {"Metadata": 1}}}]
)
def test_a_template_is_made_of_any_mapping(body: dict[str, Any]) -> None:
    made = template(body, "it")

    assert made.construct_paths == {}
    assert made.line("A") is None


def test_a_template_of_the_sample_app_is_read() -> None:
    found = read([ROOT / "snapshots" / "isolated-agnostic-network.json"])

    assert [made.name for made in found] == ["isolated-agnostic-network"]
