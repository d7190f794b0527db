import json
from pathlib import Path
from typing import Any

from benchmarks.templates import Figures, figures


def _figures(folder: Path, **templates: dict[str, dict[str, Any]]) -> Figures:
    for name, resources in templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": resources}))
    return figures(folder)


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": list(statements)}}}


def _allow(action: str | list[str], resource: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def test_resources_are_counted_over_all_templates_and_in_the_fullest(tmp_path: Path) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    found = _figures(tmp_path, One={"A": topic}, Two={"A": topic, "F": {"Type": "AWS::Lambda::Function"}})
    assert (found.resources, found.most_resources, found.functions) == (3, 2, 1)


def test_bytes_are_those_of_the_files(tmp_path: Path) -> None:
    found = _figures(tmp_path, One={"A": {"Type": "AWS::SNS::Topic"}}, Two={})
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert (found.size, found.largest) == (sum(sizes), max(sizes))


def test_an_interface_endpoint_has_an_interface_in_each_of_its_subnets_and_a_gateway_none(tmp_path: Path) -> None:
    endpoint = {"Type": "AWS::EC2::VPCEndpoint"}
    interface = {**endpoint, "Properties": {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b"]}}
    gateway = {**endpoint, "Properties": {"VpcEndpointType": "Gateway"}}
    assert _figures(tmp_path, Platform={"A": interface, "B": interface, "C": gateway}).interfaces == 4


def test_a_wildcard_is_every_resource_or_every_action_that_a_services_role_is_allowed(tmp_path: Path) -> None:
    wide = [_allow("s3:GetObject", "*"), _allow("*", "arn"), _allow(["s3:Get*"], ["arn", "*"])]
    narrow = [_allow("s3:GetObject", {"Ref": "Bucket"}), {**_allow("*", "*"), "Effect": "Deny"}]
    inline = {
        "Type": "AWS::IAM::Role",
        "Properties": {"Policies": [{"PolicyDocument": {"Statement": [_allow("s3:GetObject", "*"), *narrow]}}]},
    }
    services = {"Policy": _policy(*wide, *narrow), "Role": inline}
    assert _figures(tmp_path, Services0=services, Platform={"Policy": _policy(*wide)}).wildcards == 4
