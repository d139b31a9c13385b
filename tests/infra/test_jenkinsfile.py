"""The Jenkinsfile: read by a strict stand-in for Jenkins (jenkins.groovy), each of its commands taken at its word.

Jenkins itself runs nowhere here: that its plugins take these sections and steps is their documentation's word.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from pushtrain.cli import program, run_command
from pushtrain.local.aws import up
from pushtrain.platform import PLATFORM_VARIABLE, Platform

ROOT = Path(__file__).parents[2]
JENKINSFILE = ROOT / "Jenkinsfile"
GROOVY = ROOT / "infra/node_modules/npm-groovy-lint/lib/java/groovy/lib"
PUSHTRAIN = ".venv/bin/pushtrain"
Step = dict[str, Any]

pytestmark = pytest.mark.skipif(not shutil.which("java"), reason="Groovy needs Java to read the Jenkinsfile")


@dataclass(frozen=True)
class Build:
    """One reading of a Jenkinsfile: a build of `branch`, with the parameter WAIT."""

    file: Path = JENKINSFILE
    branch: str = "main"
    wait: bool = True


def read(builds: Sequence[Build]) -> list[dict[str, Any]]:
    """What jenkins.groovy says of each build. Starting Groovy takes most of the time, so one process reads them all."""
    assert GROOVY.is_dir(), "Groovy is missing: run `make setup`"
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{GROOVY}/*", "groovy.ui.GroovyMain"]
    command.append(str(Path(__file__).with_name("jenkins.groovy")))
    for build in builds:
        command += [build.branch, str(build.wait).lower(), str(build.file)]
    process = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert process.returncode == 0, process.stderr
    return [json.loads(line) for line in process.stdout.splitlines()]


MAIN, BRANCH, NOT_WAITING = Build(), Build(branch="feature/new"), Build(wait=False)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The answers for MAIN, BRANCH and NOT_WAITING, then those for each text of BROKEN."""
    folder, text = tmp_path_factory.mktemp("broken"), JENKINSFILE.read_text()
    builds = [MAIN, BRANCH, NOT_WAITING]
    for number, (old, new) in enumerate(BROKEN.values()):
        assert old in text, old
        builds.append(Build(folder / f"broken{number}"))
        builds[-1].file.write_text(text.replace(old, new, 1))
    return read(builds)


def steps(answer: dict[str, Any]) -> list[Step]:
    assert answer["error"] is None
    answer_steps: list[Step] = answer["steps"]
    return answer_steps


@pytest.fixture(scope="module")
def main(answers: list[dict[str, Any]]) -> list[Step]:
    return steps(answers[0])


def shells(steps: list[Step]) -> list[str]:
    return [step["command"] for step in steps if step["step"] == "sh"]


def words(command: str, since: str = "") -> list[str]:
    """The words that the shell makes of a command."""
    environment = {"PATH": os.environ["PATH"], "GIT_PREVIOUS_SUCCESSFUL_COMMIT": since}
    process = subprocess.run(
        ["sh", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True, env=environment
    )
    return process.stdout.decode().split("\0")[:-1]


def pushtrains(steps: list[Step]) -> list[list[str]]:
    return [arguments[1:] for arguments in map(words, shells(steps)) if arguments[0] == PUSHTRAIN]


def test_every_shell_line_runs_in_a_build_of_main_that_waits(main: list[Step]) -> None:
    written = re.findall(r"\bsh\b", re.sub(r"//.*|`sh`", "", JENKINSFILE.read_text()))
    assert len(shells(main)) == len(written) > 0


def test_every_shell_line_is_one_make_target_or_one_pushtrain_command(main: list[Step]) -> None:
    for command in shells(main):
        assert not re.search(r"[;&|<>`\n]|\$\(", command), command
        assert words(command)[0] in {"make", PUSHTRAIN}, command


def test_every_make_target_is_one(main: list[Step]) -> None:
    targets = {tuple(target) for target in map(words, shells(main)) if target[0] == "make"}
    assert {target[1] for target in targets} == {"setup", "check", "check-infra", "test", "diff", "plan", "deploy"}
    for target in targets:
        process = subprocess.run([*target, "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert process.returncode == 0, process.stderr


def test_every_pushtrain_command_takes_its_options(main: list[Step]) -> None:
    calls = pushtrains(main)
    assert {call[0] for call in calls} == {"validate", "push"}
    for call in calls:
        command = program.get_command(click.Context(program), call[0])
        assert command is not None
        command.make_context(call[0], call[1:])


def test_the_commands_that_need_no_run_do_what_they_say(
    main: list[Step], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    for environment in ("dev", "prod"):
        platform = Platform.local(environment)
        monkeypatch.setenv(PLATFORM_VARIABLE, platform.to_json())
        commands = [arguments for arguments in pushtrains(main) if "--wait" not in arguments]
        mine = [arguments for arguments in commands if arguments[0] == "validate" or environment in arguments]
        assert len(mine) == 2
        with up(tmp_path / environment, platform, handlers={}):
            for arguments in mine:
                assert run_command(lambda: program.main(arguments, standalone_mode=False)) == 0, arguments  # noqa: B023 - runs now
        assert "pushed breast-cancer" in capsys.readouterr().out


def test_a_plan_of_the_changed_model_repos_is_kept_as_a_file(main: list[Step], tmp_path: Path) -> None:
    (command,) = {arguments for arguments in shells(main) if arguments.startswith("make plan ENVIRONMENT=prod")}
    recipe = subprocess.run(
        ["make", "--dry-run", *words(command, since="abc123")[1:]], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert 'plan model_repos --changed-since "abc123" --environment prod > build/plan/prod/models.txt' in recipe
    archives = [step["artifacts"] for step in main if step["step"] == "archiveArtifacts"]
    assert archives == ["build/plan/dev/*", "build/plan/prod/*"]


def test_a_branch_is_examined_and_touches_no_account(answers: list[dict[str, Any]]) -> None:
    branch_steps = steps(answers[1])
    assert {step["stages"][0] for step in branch_steps} == {"Examine"}
    assert not any(step["environment"] for step in branch_steps)
    assert "make test" in shells(branch_steps)


def test_only_main_deploys_and_prod_only_after_a_person_has_seen_its_plan(main: list[Step]) -> None:
    def position(matches: Callable[[Step], bool]) -> int:
        (position_index,) = [index for index, step in enumerate(main) if matches(step)]
        return position_index

    order = [
        position(lambda step: step.get("command") == "make test"),
        position(lambda step: step.get("command", "").startswith("make plan ENVIRONMENT=dev")),
        position(lambda step: step.get("command") == "make deploy ENVIRONMENT=dev"),
        position(lambda step: step.get("command") == "make diff ENVIRONMENT=prod"),
        position(lambda step: step.get("artifacts") == "build/plan/prod/*"),
        position(lambda step: step["step"] == "input"),
        position(lambda step: step.get("command") == "make deploy ENVIRONMENT=prod"),
    ]
    assert order == sorted(order)
    approved = order[-2]
    assert main[approved]["submitter"]
    changing = [index for index, step in enumerate(main) if re.search(r"deploy|push ", step.get("command", ""))]
    assert [index for index in changing if "prod" in main[index]["command"]] == [i for i in changing if i > approved]


def test_a_command_has_the_role_of_its_own_environment_and_no_other(main: list[Step]) -> None:
    for step in main:
        named = re.search(r"\b(?:ENVIRONMENT=|--environment )(\w+)", step.get("command", ""))
        bound = step["environment"].get("AWS_CONFIG_FILE")
        if named:
            assert bound == {"credentials": f"pushtrain-{named[1]}-aws"}
        assert step["environment"].keys() <= {"AWS_CONFIG_FILE"}
    tests = next(step for step in main if step.get("command") == "make test")
    assert tests["environment"] == {}


def test_nothing_waits_for_ever_and_a_person_is_waited_for_without_an_agent(main: list[Step]) -> None:
    assert all(step["timed"] for step in main), [step for step in main if not step["timed"]]
    assert [step["agent"] for step in main if step["step"] == "input"] == [False]


def test_waiting_is_optional(main: list[Step], answers: list[dict[str, Any]]) -> None:
    waiting = [command for command in shells(main) if "--wait" in command]
    assert len(waiting) == 2
    assert shells(steps(answers[2])) == [command for command in shells(main) if command not in waiting]


BROKEN = {
    "no 'stepz' here": ("steps { sh 'make check' }", "stepz { sh 'make check' }"),
    "no 'bash' here": ("sh 'make check'", "bash 'make check'"),
    "Check': exactly one of steps": ("steps { sh 'make check' }", ""),
    "needs an agent": ("agent { label 'pushtrain' }", "agent none"),
    "no agent": ("agent none // no agent is occupied while a person decides", ""),
    "two stages are named 'dev'": ("stage('prod')", "stage('dev')"),
    "no parameter 'WAITT'": ("params.WAIT ", "params.WAITT "),
    "there is no 'minutes'": ("timeout(time: 1, unit: 'HOURS')", "timeout(minutes: 60)"),
    "HOUR": ("unit: 'HOURS'", "unit: 'HOUR'"),
    "no 'brunch' here": ("branch 'main'", "brunch 'main'"),
    "startup failed": ("steps { sh 'make check' }", "steps { sh 'make check' "),
    "stands below its steps": ("steps { sh 'make setup' }", "steps { sh 'make setup' }\nwhen { branch 'x' }"),
    "sometimes": ("always {", "sometimes {"),
    "'password'": ("credentials('pushtrain-dev-aws')", "password('pushtrain-dev-aws')"),
}


def test_what_jenkins_would_refuse_is_refused_here(answers: list[dict[str, Any]]) -> None:
    for message, answer in zip(BROKEN, answers[3:], strict=True):
        assert message in (answer["error"] or ""), (message, answer["error"])
