# ruff: noqa: ANN401 - values that a user could give
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import (
    Code,
    ConflictError,
    ConstructsEcsError,
    Container,
    ContainerSecret,
    InvalidValueError,
    RegistryCredentials,
    TaskSize,
)
from constructs_ecs.facts.task_sizes import FARGATE_MEMORY_MIB, OperatingSystem
from constructs_ecs.jobs import AtPath, ContainerOverride, Ec2Job, FargateJob, Job, Jsonata
from constructs_ecs.jobs.override_checks import task_overrides
from tests.jobs.scene import fargate_job
from tests.scene import scene

FROM_INPUT = [AtPath("$.a"), Jsonata("$states.input.a"), sfn.JsonPath.string_at("$.a")]


@pytest.fixture(scope="module")
def job() -> FargateJob:
    """A job of a container that may end, one that does the work, and one with a secret."""
    place = scene(audited=False)
    secret = ContainerSecret.from_secrets_manager(RegistryCredentials(place.stack, "Credentials").secret)
    return fargate_job(
        place,
        containers=[
            Container(image=place.image, name="first", essential=False),
            Container(image=place.image, name="work", cpu=128, memory_mib=512),
            Container(image=place.image, name="side", secrets={"PASSWORD": secret}),
        ],
    )


@pytest.fixture(scope="module")
def plain() -> FargateJob:
    """A job without ECS Exec."""
    return fargate_job(enable_execute_command=False)


@pytest.fixture(scope="module")
def on_instances() -> Ec2Job:
    """A job on EC2 instances."""
    place = scene(audited=False)
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    return Ec2Job(
        place.stack,
        "Job",
        cluster=place.cluster,
        containers=[Container(image=place.image, memory_mib=256)],
        capacity=capacity,
    )


def refused(job: Job, overrides: object = (), **options: Any) -> ConstructsEcsError:
    with pytest.raises(ConstructsEcsError) as error:
        task_overrides(job, overrides, **options)
    return error.value


def test_an_override_without_a_name_is_for_the_first_essential_container(job: FargateJob) -> None:
    assert [each.container for each in task_overrides(job, [ContainerOverride()]).containers] == ["work"]


def test_a_container_that_the_job_has_not_is_refused(job: FargateJob) -> None:
    error = refused(job, [ContainerOverride(container="worker")])
    assert error.code is Code.CONTAINER_NAME
    assert "one of first, work, side; got 'worker'" in str(error)


def test_a_name_that_only_cloudformation_knows_is_taken(job: FargateJob) -> None:
    name = cdk.Token.as_string({"Ref": "Name"})
    assert task_overrides(job, [ContainerOverride(container=name)]).containers[0].container == name


@pytest.mark.parametrize("names", [("side", "side"), (None, "work")])
def test_two_overrides_of_one_container_are_refused(job: FargateJob, names: tuple[str | None, str | None]) -> None:
    error = refused(job, [ContainerOverride(container=name) for name in names])
    assert (error.code, "has more" in str(error)) == (Code.CONTAINER_NAME, True)


@pytest.mark.parametrize("overrides", [None, "x", {"Command": ["ls"]}, [{"Command": ["ls"]}], ContainerOverride()])
def test_what_are_no_overrides_is_refused(job: FargateJob, overrides: object) -> None:
    assert refused(job, overrides).code is Code.SETTING


@pytest.mark.parametrize("variable", ["AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_keys_that_the_exec_agent_would_take_are_refused(job: FargateJob, plain: FargateJob, variable: str) -> None:
    override = ContainerOverride(environment={variable: AtPath("$.key")})
    error = refused(job, [override])
    assert (type(error), error.code) == (ConflictError, Code.EXEC_UNSUPPORTED)
    assert task_overrides(plain, [override]).containers[0].variables.keys() == {variable}


def test_a_secret_is_not_overridden_by_plain_text(job: FargateJob) -> None:
    override = ContainerOverride(container="side", environment={"PASSWORD": "plain"})
    error = refused(job, [override])
    assert (error.code, "side has PASSWORD as a secret" in str(error)) == (Code.CONTAINER_SETTING, True)


@pytest.mark.parametrize("from_input", FROM_INPUT)
def test_what_comes_from_the_input_is_not_counted(job: FargateJob, from_input: Any) -> None:
    fits = ContainerOverride(command=["x" * 8000, from_input], environment={"A": from_input})
    assert task_overrides(job, [fits]).containers
    over = ContainerOverride(command=["x" * 8192, from_input])
    assert refused(job, [over]).code is Code.TASK_OVERRIDES


@given(st.lists(st.integers(min_value=1, max_value=4000), min_size=1, max_size=4))
def test_overrides_are_measured_together(plain: FargateJob, lengths: list[int]) -> None:
    override = ContainerOverride(environment={f"V{place}": "x" * length for place, length in enumerate(lengths)})
    known = '{"ContainerOverrides":[{"Name":"app","Environment":[' + ",".join(
        f'{{"Name":"V{place}","Value":"{"x" * length}"}}' for place, length in enumerate(lengths)
    )
    if len(known + "]}]}") <= 8192:
        assert task_overrides(plain, [override]).containers[0].variables == override.variables
    else:
        assert refused(plain, [override]).code is Code.TASK_OVERRIDES


def test_a_token_is_not_counted_by_the_length_of_its_spelling(plain: FargateJob) -> None:
    tokens = "".join(cdk.Token.as_string({"Ref": "A"}, display_hint="x" * 60) for _ in range(150))
    assert len(tokens) > 8192
    assert task_overrides(plain, [ContainerOverride(command=[tokens])]).containers


@given(st.sampled_from([*FARGATE_MEMORY_MIB, 300]), st.sampled_from([512, 1000, 1024, 4096, 8192]))
def test_a_task_s_size_is_one_that_fargate_offers(plain: FargateJob, cpu: int, memory: int) -> None:
    if memory in FARGATE_MEMORY_MIB.get(cpu, ()):
        assert task_overrides(plain, (), cpu=cpu, memory_mib=memory).parameters() == {
            "Cpu": str(cpu),
            "Memory": str(memory),
        }
    else:
        assert refused(plain, cpu=cpu, memory_mib=memory).code is Code.TASK_SIZE


@pytest.mark.parametrize(
    "options",
    [
        {"cpu": 4096},  # with the job's 1,024 MiB
        {"memory_mib": 512},  # with the job's 512 units
        {"cpu": 300, "memory_mib": AtPath("$.memory")},
        {"cpu": AtPath("$.cpu"), "memory_mib": "1024"},
        {"cpu": True},
        {"memory_mib": 0},
    ],
)
def test_one_figure_goes_with_the_other(plain: FargateJob, options: dict[str, Any]) -> None:
    assert refused(plain, **options).code is Code.TASK_SIZE


@pytest.mark.parametrize("from_input", FROM_INPUT)
def test_figures_from_the_input_pass(plain: FargateJob, from_input: Any) -> None:
    given_ = task_overrides(plain, [ContainerOverride(cpu=from_input, memory_mib=from_input)], cpu=from_input)
    assert given_.parameters().keys() == {"ContainerOverrides", "Cpu"}


def test_tokens_pass_as_sizes(plain: FargateJob) -> None:
    token = cdk.Token.as_number({"Ref": "Cpu"})
    assert task_overrides(plain, (), cpu=token, memory_mib=1024).parameters().keys() == {"Cpu", "Memory"}


@pytest.mark.parametrize(
    ("override", "options", "what"),
    [
        ({"memory_mib": 2048}, {}, "memory_mib=1024; got 2048"),
        ({"memory_reservation_mib": 2000, "memory_mib": 4000}, {"memory_mib": 2048}, "memory_mib=2048; got 4000"),
        ({"cpu": 1024}, {}, "cpu=512; got 1024"),
        ({}, {"cpu": 256, "memory_mib": 512}, None),
        ({"memory_reservation_mib": 512}, {}, "is below the limit"),
    ],
)
def test_a_container_is_given_no_more_than_its_task(
    job: FargateJob, override: dict[str, Any], options: dict[str, Any], what: str | None
) -> None:
    overrides = [ContainerOverride(**override)]
    if what is None:
        assert task_overrides(job, overrides, **options).cpu == options["cpu"]
        return
    error = refused(job, overrides, **options)
    assert (type(error), error.code) == (InvalidValueError, Code.CONTAINER_SETTING)
    assert what in str(error)


def test_what_containers_have_of_the_job_counts_beside_the_overrides(job: FargateJob) -> None:
    overrides = [ContainerOverride(container="side", memory_reservation_mib=1000)]
    assert "got 1512" in str(refused(job, overrides))


def test_windows_has_fewer_sizes_in_a_run_too() -> None:
    place = scene(audited=False)
    size = TaskSize(cpu=1024, memory_mib=2048, operating_system=OperatingSystem.WINDOWS_SERVER_2022_CORE)
    assert refused(fargate_job(place, size=size), cpu=512).code is Code.TASK_SIZE_WINDOWS


def test_a_task_on_instances_has_any_size(on_instances: Ec2Job) -> None:
    assert task_overrides(on_instances, (), cpu=300, memory_mib=700).parameters() == {"Cpu": "300", "Memory": "700"}
    assert refused(on_instances, cpu=0).code is Code.TASK_SIZE
