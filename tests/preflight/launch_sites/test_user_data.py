import pytest

from constructs_ecs.preflight.launch_sites.user_data import agent_setting, cluster_names, is_readable
from constructs_ecs.preflight.values import Symbol, Unknown, text

CLUSTER = Symbol("T", "Cluster", "Ref")


@pytest.mark.parametrize(
    "script",
    [
        "echo ECS_CLUSTER=live >> /etc/ecs/ecs.config",
        "echo 'ECS_CLUSTER=live' >> /etc/ecs/ecs.config",
        'echo "ECS_CLUSTER=live">>/etc/ecs/ecs.config;reboot',
        "cat <<EOF >> /etc/ecs/ecs.config\nECS_CLUSTER=live\nECS_LOGLEVEL=debug\nEOF",
        "<powershell>\nInitialize-ECSAgent -Cluster live -EnableTaskIAMRole\n</powershell>",
        "<powershell>\nInitialize-ECSAgent -Cluster 'live'\n</powershell>",
        '[settings.ecs]\ncluster = "live"\n',
    ],
)
def test_a_start_script_names_its_cluster_for_every_system(script: str) -> None:
    assert cluster_names(script) == ("live",)


def test_a_cluster_that_is_known_at_deployment_is_its_symbol() -> None:
    assert cluster_names(text("echo ECS_CLUSTER=", CLUSTER, " >> /etc/ecs/ecs.config")) == (CLUSTER,)
    assert cluster_names(text("ECS_CLUSTER=", CLUSTER, "-blue\n")) == (text(CLUSTER, "-blue"),)


@pytest.mark.parametrize(
    "script", ["", "yum update -y", "kubectl config use-context cluster=live", "ECS_CLUSTER=\nECS_LOGLEVEL=debug"]
)
def test_other_scripts_name_none(script: str) -> None:
    assert cluster_names(script) == ()


def test_the_last_value_of_a_setting_counts() -> None:
    script = text("ECS_CLUSTER=a\nECS_WARM_POOLS_CHECK=false\nECS_CLUSTER=", CLUSTER)
    assert agent_setting(script, "ECS_CLUSTER") == CLUSTER
    assert agent_setting(script, "ECS_LOGLEVEL") is None


def test_a_script_with_an_unknown_part_is_not_readable() -> None:
    assert is_readable(text("a", CLUSTER))
    assert not is_readable(text("a", Unknown("why")))
