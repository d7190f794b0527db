import base64

import pytest

from constructs_ecs.preflight.findings import Severity, Verdict
from constructs_ecs.preflight.rules.c03_cluster_name import ClusterName
from tests.preflight.rules.support_network import Change, ref, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture


def script(text: object) -> Change:
    """Give the instances a start script; None for none."""

    def change(resources: Resources) -> None:
        data = resources["LaunchTemplate"]["Properties"]["LaunchTemplateData"]
        data.pop("UserData")
        if text is not None:
            data["UserData"] = text

    return change


def image(value: object) -> Change:
    def change(resources: Resources) -> None:
        resources["LaunchTemplate"]["Properties"]["LaunchTemplateData"]["ImageId"] = value

    return change


def sub(text: str) -> dict[str, object]:
    return {"Fn::Base64": {"Fn::Sub": text}}


OTHER = sub("#!/bin/bash\necho ECS_CLUSTER=other >> /etc/ecs/ecs.config\n")
EMPTY = sub("#!/bin/bash\nyum install -y htop\n")


@pytest.mark.parametrize(
    ("text", "said"), [(None, "names no cluster"), (EMPTY, "names no cluster"), (OTHER, "names other")]
)
def test_instances_that_are_not_told_of_the_cluster_join_another(text: object, said: str) -> None:
    (found,) = findings(ClusterName, fixture("ec2", script(text)))
    assert (found.severity, found.verdict, found.where.logical_id) == (Severity.START, Verdict.FAIL, "LaunchTemplate")
    assert said in found.message
    assert found.symptom == "unable to place a task because no container instance met all of its requirements."
    assert found.launch_sites[0].logical_id == "Worker"


@pytest.mark.parametrize(
    "text",
    [
        sub("#!/bin/bash\necho ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config\n"),
        sub("cat <<'EOF' >> /etc/ecs/ecs.config\nECS_CLUSTER=\"${Cluster}\"\nECS_ENABLE_TASK_ENI=true\nEOF\n"),
        sub('[settings.ecs]\ncluster = "${Cluster}"\n'),
        sub("<powershell>\nInitialize-ECSAgent -Cluster '${Cluster}' -EnableTaskIAMRole\n</powershell>"),
        {
            "Fn::Base64": {
                "Fn::Join": ["", ["#!/bin/bash\necho ECS_CLUSTER=", ref("Cluster"), " >> /etc/ecs/ecs.config"]]
            }
        },
    ],
    ids=["Linux", "Linux, quoted", "Bottlerocket", "Windows", "joined"],
)
def test_the_cluster_s_name_passes_however_it_is_written(text: object) -> None:
    assert findings(ClusterName, fixture("ec2", script(text))) == []


def test_a_name_that_is_spelled_out_passes() -> None:
    text = base64.b64encode(b"#!/bin/bash\necho ECS_CLUSTER=prod >> /etc/ecs/ecs.config\n").decode()
    assert findings(ClusterName, fixture("ec2", also(script(text), set_to("Cluster", ClusterName="prod")))) == []
    assert len(findings(ClusterName, fixture("ec2", also(script(text), set_to("Cluster", ClusterName="test"))))) == 1


def test_the_cluster_named_default_needs_no_script() -> None:
    assert findings(ClusterName, fixture("ec2", also(script(None), set_to("Cluster", ClusterName="default")))) == []


@pytest.mark.parametrize(
    "change",
    [
        also(script(EMPTY), image("ami-0123456789abcdef0")),
        also(script(None), image(ref("Given"))),
        script(sub("#!/bin/bash\naws s3 cp s3://bucket/ecs.config /etc/ecs/ecs.config\n")),
        script(sub("#!/bin/bash\necho ECS_CLUSTER=${Given} >> /etc/ecs/ecs.config\n")),
        script(sub("#!/bin/bash\n${Given}\n")),
    ],
    ids=["an image of one's own", "an image by parameter", "a file", "a name by parameter", "a script by parameter"],
)
def test_images_and_scripts_that_may_have_the_name_are_left_open(change: Change) -> None:
    template = fixture("ec2", change)
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert {found.verdict for found in findings(ClusterName, template)} <= {Verdict.UNKNOWN}


def test_a_public_parameter_s_image_is_amazon_s() -> None:
    template = fixture("ec2", also(script(EMPTY), image(ref("Given"))))
    template["Parameters"] = {
        "Given": {
            "Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
            "Default": "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
        }
    }
    assert [found.verdict for found in findings(ClusterName, template)] == [Verdict.FAIL]


def test_a_cluster_of_another_stack_and_fargate_are_not_looked_at() -> None:
    def imported(resources: Resources) -> None:
        for name in ("Worker", "Proxy"):
            resources[name]["Properties"]["Cluster"] = {"Fn::ImportValue": "Cluster"}

    assert findings(ClusterName, fixture("ec2", also(script(EMPTY), imported))) == []
    assert findings(ClusterName, fixture("fargate")) == []
