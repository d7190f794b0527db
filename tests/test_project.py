"""What the project's own files promise to a newcomer."""

import json
import re

from tests.commands import run
from tests.support import ROOT, recommended_flags

_HOST = re.compile(r"https?://|\b[\w-]+\.(?:org|com|io|dev)/")


def test_cdk_json_has_the_recommended_flags_but_for_one_that_readme_explains() -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    different = {key for key, value in recommended_flags().items() if context.get(key) != value}
    assert different == {"@aws-cdk/core:defaultCrossStackReferences"}
    assert "defaultCrossStackReferences" in (ROOT / "README.md").read_text()


def test_the_lock_files_pin_with_hashes_and_name_no_host() -> None:
    locks = [ROOT / "requirements.lock", *(ROOT / "tests").rglob("*.lock")]
    assert len(locks) > 1
    for lock in locks:
        python = lock.read_text()
        pins = re.findall(r"^[\w.-]+==\S+.*$", python, re.MULTILINE)
        assert pins
        assert [pin for pin in pins if not pin.endswith("\\")] == []
        assert _HOST.findall(python) == []
    npm = (ROOT / "package-lock.json").read_text()
    assert _HOST.findall(npm) == []
    assert json.loads(npm)["packages"]["node_modules/aws-cdk"]["version"] == "2.1148.1"


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    listed = [line.split()[0] for line in run(["make", "help"]).stdout.splitlines() if not line.startswith("make")]
    assert sorted(listed) == sorted(phony[1].split())


def test_a_second_set_up_does_nothing_and_says_nothing() -> None:
    done = run(["make", "--silent", "setup"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_top_level_holds_what_the_commands_need_and_no_more() -> None:
    tracked = run(["git", "ls-files"]).stdout.splitlines()
    assert {path.partition("/")[0] for path in tracked} <= {
        ".ci",
        ".gitignore",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "app.py",
        "benchmarks",
        "cdk.json",
        "constructs_ecs",
        "package-lock.json",
        "package.json",
        "pyproject.toml",
        "requirements.lock",
        "snapshots",
        "stacks",
        "tests",
    }


def test_app_py_is_short_and_reads_no_environment() -> None:
    text = (ROOT / "app.py").read_text()
    assert len(text.splitlines()) < 40
    assert "environ" not in text
