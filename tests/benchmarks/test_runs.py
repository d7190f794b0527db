import time
from pathlib import Path

import aws_cdk as cdk
import pytest

from benchmarks.messages import counting
from benchmarks.processes import family, peak_mib, seconds_of
from benchmarks.runs import App, Runs
from benchmarks.workload import LIBRARY
from tests.support import stack


def test_one_call_into_the_cdk_is_one_message() -> None:
    scope = stack()
    with counting() as sent:
        cdk.CfnOutput(scope, "Output", value="value")
    cdk.CfnOutput(scope, "After", value="value")
    assert sent.messages == 1


def test_node_is_in_the_family_and_in_its_memory() -> None:
    stack()  # starts Node
    commands = [(process / "comm").read_text().strip() for process in family()]
    assert any("node" in command.lower() or "MainThread" in command for command in commands[1:]), commands
    assert peak_mib() > 100


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this kernel counts no CPU time by thread")
def test_time_that_nobody_works_in_does_not_count() -> None:
    processes = family()
    before = seconds_of(processes)
    time.sleep(0.2)
    assert seconds_of(processes) - before < 0.1


def test_a_run_in_a_process_of_its_own_tells_what_it_took_and_what_it_made(tmp_path: Path) -> None:
    run = Runs(tmp_path)[App(way=LIBRARY, count=1, checks=True)]
    assert min(run.costs.services.seconds, run.costs.synth.seconds, run.seconds, run.peak_mib) > 0
    assert run.costs.services.messages > 0
    assert run.figures.types["AWS::ECS::Service"] == 1
    assert len(run.report.launch_sites) == 1
    assert run.violations == []


def test_the_least_of_several_runs_counts(tmp_path: Path) -> None:
    runs, asked = Runs(tmp_path), App(way=LIBRARY, count=1)
    first, best = runs[asked], runs.run(asked)
    assert best.seconds <= first.seconds
    assert best.costs.services.seconds <= first.costs.services.seconds
    assert runs[asked] is best
