import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.capacity.instances import check_architecture, check_figures
from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.task_sizes import CpuArchitecture

X86_64 = CpuArchitecture.X86_64
ARM64 = CpuArchitecture.ARM64
TEXT_TOKEN = "${Token[TOKEN.12]}"  # noqa: S105 - a CDK token, no secret
NUMBER_TOKEN = -1.8881545897087626e289


def _check(
    min_capacity: float = 1, max_capacity: float = 2, root_volume_gib: float = 30, target_capacity_percent: float = 100
) -> None:
    check_figures(
        min_capacity=min_capacity,  # type: ignore[arg-type] # a token is a float to Python
        max_capacity=max_capacity,  # type: ignore[arg-type]
        root_volume_gib=root_volume_gib,  # type: ignore[arg-type]
        target_capacity_percent=target_capacity_percent,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("instance_type", "architecture"),
    [
        ("m7i.large", X86_64),
        ("m7i-flex.large", X86_64),
        ("c6a.metal", X86_64),
        ("g6.xlarge", X86_64),
        ("t3.micro", X86_64),
        ("u7i.metal", X86_64),
        ("a1.large", ARM64),
        ("t4g.small", ARM64),
        ("c7gn.16xlarge", ARM64),
        ("im4gn.large", ARM64),
        ("g5g.xlarge", ARM64),
        ("m8gd.metal-24xl", ARM64),
    ],
)
def test_the_name_says_the_architecture(instance_type: str, architecture: CpuArchitecture) -> None:
    assert check_architecture(instance_type, None) is architecture
    assert check_architecture(instance_type, architecture) is architecture


@pytest.mark.parametrize(("instance_type", "given_"), [("m7i.large", ARM64), ("m7g.large", X86_64)])
def test_another_architecture_than_the_names_is_refused(instance_type: str, given_: CpuArchitecture) -> None:
    with pytest.raises(InvalidValueError, match="cpu_architecture") as raised:
        check_architecture(instance_type, given_)
    assert raised.value.code is Code.INSTANCE


@pytest.mark.parametrize("instance_type", ["u-6tb1.metal", "p6-b200.48xlarge", TEXT_TOKEN])
def test_a_name_that_says_no_architecture_takes_the_given_one(instance_type: str) -> None:
    assert check_architecture(instance_type, ARM64) is ARM64
    with pytest.raises(InvalidValueError, match="Give cpu_architecture") as raised:
        check_architecture(instance_type, None)
    assert raised.value.code is Code.INSTANCE


@pytest.mark.parametrize(
    "instance_type", ["", "m7i", ".large", "m7i.", "M7I.LARGE", "m7i.large ", "m7i.large.x", "\uff4d7i.large"]
)
def test_what_is_no_instance_type_is_refused(instance_type: str) -> None:
    with pytest.raises(InvalidValueError, match=r"'m7i\.large'") as raised:
        check_architecture(instance_type, X86_64)
    assert raised.value.code is Code.INSTANCE


@given(
    instance_type=st.text(max_size=20) | st.from_regex(r"[a-z]{1,3}[0-9]?[a-z-]{0,5}\.[a-z0-9]{1,5}", fullmatch=True)
)
def test_any_text_gives_an_architecture_or_our_error(instance_type: str) -> None:
    try:
        architecture = check_architecture(instance_type, None)
    except InvalidValueError as error:
        assert error.code is Code.INSTANCE
    else:
        assert architecture in CpuArchitecture


@pytest.mark.parametrize(
    "figures",
    [
        {"min_capacity": -1},
        {"min_capacity": 3},
        {"max_capacity": 0, "min_capacity": 0},
        {"min_capacity": 1.5},
        {"root_volume_gib": 29},
        {"root_volume_gib": 65_537},
        {"target_capacity_percent": 0},
        {"target_capacity_percent": 101},
        {"max_capacity": True},
    ],
)
def test_a_figure_that_aws_does_not_take_is_refused(figures: dict[str, float]) -> None:
    with pytest.raises(InvalidValueError, match=next(iter(figures))) as raised:
        _check(**figures)
    assert raised.value.code is Code.INSTANCE


@pytest.mark.parametrize(
    "figures",
    [
        {"min_capacity": 0, "max_capacity": 1},
        {"min_capacity": 2},
        {"root_volume_gib": 65_536},
        {"target_capacity_percent": 1},
        {"min_capacity": NUMBER_TOKEN},
        {"max_capacity": NUMBER_TOKEN},
        {"root_volume_gib": NUMBER_TOKEN, "target_capacity_percent": NUMBER_TOKEN},
    ],
)
def test_the_bounds_themselves_and_tokens_pass(figures: dict[str, float]) -> None:
    _check(**figures)


@given(
    figures=st.fixed_dictionaries(
        {
            "min_capacity": st.integers(-1, 3) | st.floats(),
            "max_capacity": st.integers(-1, 3) | st.integers(),
            "root_volume_gib": st.integers(28, 32) | st.integers(),
            "target_capacity_percent": st.integers(0, 101),
        }
    )
)
def test_any_figures_pass_in_bounds_or_give_our_error(figures: dict[str, float]) -> None:
    try:
        _check(**figures)
    except InvalidValueError as error:
        assert error.code is Code.INSTANCE
    else:
        assert 0 <= figures["min_capacity"] <= figures["max_capacity"] or figures["min_capacity"] < -1e288
