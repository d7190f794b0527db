import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.facts.instance_types import architecture_of_type, is_instance_type
from constructs_ecs.facts.task_sizes import CpuArchitecture


@pytest.mark.parametrize("name", ["m7i.large", "m7i-flex.large", "c6a.metal", "g6e.xlarge", "t3.micro", "inf2.xlarge"])
def test_a_family_without_g_among_its_options_is_x86(name: str) -> None:
    assert architecture_of_type(name) is CpuArchitecture.X86_64


@pytest.mark.parametrize(
    "name", ["a1.large", "t4g.small", "c7gn.16xlarge", "im4gn.large", "is4gen.large", "g5g.xlarge"]
)
def test_a_family_with_g_among_its_options_is_arm(name: str) -> None:
    assert architecture_of_type(name) is CpuArchitecture.ARM64


@pytest.mark.parametrize("name", ["u-6tb1.metal", "p6-b200.48xlarge", "mac-m4.metal"])
def test_a_family_of_another_form_says_no_architecture(name: str) -> None:
    assert is_instance_type(name)
    assert architecture_of_type(name) is None


@given(name=st.text(max_size=20) | st.sampled_from(["m7i", ".large", "M7I.LARGE", "m7i.large "]))
def test_what_is_no_instance_type_says_none_either(name: str) -> None:
    assert is_instance_type(name) or architecture_of_type(name) is None
