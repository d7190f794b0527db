import pytest

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.topology import AwsService, InternetHost
from constructs_ecs.preflight.values import Unknown
from tests.preflight.launches import (
    calls,
    ec2,
    fargate,
    leaves_by,
    name_of,
    of,
    only,
    purposes,
    resource,
    service,
    task_definition,
)

HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
HERE = {"account": "123456789012", "region": "eu-west-1"}
PULL = ["ECR_TOKEN", "PULL_IMAGE", "PULL_LAYERS"]
RULE = resource("ECR::PullThroughCacheRule", EcrRepositoryPrefix="hub", UpstreamRegistryUrl="registry-1.docker.io")


def test_an_image_of_another_region_is_pulled_there() -> None:
    made = calls(fargate({"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"}), **HERE)
    destinations = [call.destination for call in made if call.purpose.name in PULL]
    assert destinations == [
        AwsService(each, "us-east-1") for each in (Endpoint.ECR_API, Endpoint.ECR_DOCKER, Endpoint.S3)
    ]
    assert only(Purpose.PULL_LAYERS, made).resource == "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"


def test_an_image_of_the_own_region_is_called_without_naming_it() -> None:
    assert only(Purpose.PULL_IMAGE, calls(fargate({"Image": f"{HOST}/app:1"}), **HERE)).destination == AwsService(
        Endpoint.ECR_DOCKER
    )


def test_a_repository_of_the_templates_has_a_say_by_its_own_policy() -> None:
    image = {"Image": {"Fn::Sub": "${Repository.RepositoryUri}:1"}}
    made = calls(fargate(image, Repository=resource("ECR::Repository")))
    assert name_of(only(Purpose.PULL_IMAGE, made).owner) == "Repository"


def test_layers_come_by_urls_that_are_signed_already() -> None:
    call = only(Purpose.PULL_LAYERS, calls(fargate({"Image": f"{HOST}/app:1"})))
    assert (call.needs_role, call.role, call.actions) == (False, None, ("s3:GetObject",))


@pytest.mark.parametrize("image", ["nginx", "public.ecr.aws/nginx/nginx:1", "ghcr.io/o/app:1"])
def test_any_other_registry_is_on_the_internet_and_needs_no_role(image: str) -> None:
    made = calls(fargate({"Image": image}))
    call = only(Purpose.PULL_FROM_REGISTRY, made)
    assert isinstance(call.destination, InternetHost)
    assert (call.needs_role, call.actions) == (False, ())
    assert not set(PULL) & set(purposes(made))


def test_a_registry_may_have_a_port() -> None:
    call = only(Purpose.PULL_FROM_REGISTRY, calls(fargate({"Image": "registry.example.com:5000/app:1"})))
    assert call.destination == InternetHost("registry.example.com", 5000)


def test_an_image_of_a_parameter_without_a_default_is_unknown() -> None:
    body = {"Parameters": {"Image": {"Type": "String"}}, "Resources": fargate({"Image": {"Ref": "Image"}})}
    call = only(Purpose.PULL_IMAGE, calls(body))
    assert isinstance(call.destination, Unknown)
    assert "Image" in call.destination.reason


def test_an_image_of_a_parameter_with_a_default_is_that() -> None:
    parameters = {"Image": {"Type": "String", "Default": f"{HOST}/app:1"}}
    assert set(PULL) <= set(
        purposes(calls({"Parameters": parameters, "Resources": fargate({"Image": {"Ref": "Image"}})}))
    )


def test_hosts_that_the_pages_of_ecr_contradict_each_other_about_are_unknown() -> None:
    made = calls(fargate({"Image": "123456789012.dkr-ecr.eu-west-1.on.aws/app:1"}))
    assert isinstance(only(Purpose.PULL_IMAGE, made).destination, Unknown)


def test_on_fargate_s_old_platforms_the_login_leaves_by_another_network() -> None:
    for version, expected in (("1.3.0", "none"), ("1.4.0", "Group"), ("LATEST", "Group")):
        made = calls(fargate({"Image": f"{HOST}/app:1"}, Service=service(PlatformVersion=version)))
        assert leaves_by(only(Purpose.ECR_TOKEN, made)) == expected
        assert leaves_by(only(Purpose.PULL_IMAGE, made)) == "Group"


def test_windows_counts_its_platform_versions_anew() -> None:
    windows = task_definition(
        {"Image": f"{HOST}/app:1"}, RuntimePlatform={"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    )
    made = calls(fargate(Task=windows, Service=service(PlatformVersion="1.0.0")))
    assert leaves_by(only(Purpose.ECR_TOKEN, made)) == "Group"


def test_which_network_a_login_leaves_by_may_hang_on_a_parameter() -> None:
    resources = fargate({"Image": f"{HOST}/app:1"}, Service=service(PlatformVersion={"Ref": "Version"}))
    made = calls({"Parameters": {"Version": {"Type": "String"}}, "Resources": resources})
    assert "platform version" in leaves_by(only(Purpose.ECR_TOKEN, made))


def test_on_an_instance_either_role_may_pull_and_without_an_execution_role_its_own_does() -> None:
    made = calls(ec2({"Image": f"{HOST}/app:1"}))
    call = only(Purpose.PULL_IMAGE, made)
    assert (call.caller, name_of(call.role), call.or_role) == ("instance role", "InstanceRole", None)
    task = task_definition(
        {"Image": f"{HOST}/app:1"},
        RequiresCompatibilities=["EC2"],
        NetworkMode="bridge",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/elsewhere",
    )
    call = only(Purpose.PULL_IMAGE, calls(ec2(Task=task)))
    assert (call.caller, name_of(call.or_role)) == ("execution role", "InstanceRole")
    assert isinstance(call.role, Unknown)


def test_an_image_behind_a_cache_is_imported_and_its_repository_made() -> None:
    call = only(Purpose.IMPORT_IMAGE, calls(fargate({"Image": f"{HOST}/hub/library/nginx:1"}, Rule=RULE), **HERE))
    assert call.actions == ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository")
    assert call.resource == "arn:aws:ecr:eu-west-1:123456789012:repository/hub/library/nginx"
    assert call.destination is None


def test_a_repository_that_the_templates_make_need_not_be_made_again() -> None:
    repository = resource("ECR::Repository", RepositoryName="hub/library/nginx")
    made = calls(fargate({"Image": f"{HOST}/hub/library/nginx:1"}, Rule=RULE, Repository=repository), **HERE)
    assert only(Purpose.IMPORT_IMAGE, made).actions == ("ecr:BatchImportUpstreamImage",)


def test_the_registry_s_policy_has_a_say_in_the_import() -> None:
    policy = resource("ECR::RegistryPolicy", PolicyText={"Statement": []})
    made = calls(fargate({"Image": f"{HOST}/hub/nginx:1"}, Rule=RULE, Policy=policy), **HERE)
    assert name_of(only(Purpose.IMPORT_IMAGE, made).owner) == "Policy"


def test_a_cache_serves_by_prefix_as_text_or_as_the_same_reference_or_the_whole_registry() -> None:
    def imports(prefix: object, image: object, **parameters: object) -> bool:
        rule = resource("ECR::PullThroughCacheRule", EcrRepositoryPrefix=prefix)
        body = {"Parameters": parameters, "Resources": fargate({"Image": image}, Rule=rule)}
        return bool(of(Purpose.IMPORT_IMAGE, calls(body, **HERE)))

    stack = {"Fn::Sub": HOST + "/${AWS::StackName}/nginx:1"}
    assert imports("ROOT", f"{HOST}/any:1")
    assert imports({"Ref": "AWS::StackName"}, stack)
    assert not imports("hub", f"{HOST}/hubble/nginx:1")
    assert not imports("hub", stack)
    assert not imports({"Ref": "Prefix"}, f"{HOST}/hub/nginx:1", Prefix={"Type": "String"})
    assert not imports("hub", "docker.io/hub/nginx:1")


def test_containers_that_are_not_shown_have_images_that_nobody_knows() -> None:
    unknown = resource("ECS::TaskDefinition", ContainerDefinitions={"Fn::ImportValue": "containers"})
    call = only(Purpose.PULL_IMAGE, calls(fargate(Task=unknown)))
    assert isinstance(call.destination, Unknown)
