"""The Jenkinsfiles: read by a strict stand-in for Jenkins (jenkins.groovy), each of their commands taken at its word.

Jenkins itself runs nowhere here: that its plugins take these sections and steps is their documentation's word.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from pushtrain.cli import program, run_command
from pushtrain.local.aws import up
from pushtrain.plans import quotas
from pushtrain.platform import PLATFORM_VARIABLE, Platform

ROOT = Path(__file__).parents[2]
JENKINSFILE = ROOT / "Jenkinsfile"
PUSHING = (JENKINSFILE, ROOT / "jenkins/models.Jenkinsfile")  # from main: they push model repos
BRANCH_CHECKS = (ROOT / "jenkins/branch.Jenkinsfile", ROOT / "jenkins/models-branch.Jenkinsfile")
DEPLOYING = ROOT / "jenkins/platform.Jenkinsfile"
FILES = (*PUSHING, DEPLOYING, *BRANCH_CHECKS)
SHORT_FIRST = (*reversed(BRANCH_CHECKS), JENKINSFILE)  # the deeper the stages, the longer Groovy parses: up to a second
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
    broken: str = ""  # the message that is expected


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


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[Build, dict[str, Any]]:
    """The answers for a build of main that waits or not, and of a branch, of each file. Then those of BROKEN."""
    folder = tmp_path_factory.mktemp("broken")
    builds = [
        Build(file, *build) for file in FILES for build in (("main", True), ("main", False), ("feature/new", True))
    ]
    for number, (old, new) in enumerate(BROKEN.values()):
        text = next(text for text in map(Path.read_text, SHORT_FIRST) if old in text)
        builds.append(Build(folder / f"broken{number}", broken=list(BROKEN)[number]))
        builds[-1].file.write_text(text.replace(old, new, 1))
    return dict(zip(builds, read(builds), strict=True))


def steps(answer: dict[str, Any]) -> list[Step]:
    assert answer["error"] is None
    answer_steps: list[Step] = answer["steps"]
    return answer_steps


Answers = dict[Build, dict[str, Any]]


@pytest.fixture(scope="module")
def main(answers: Answers) -> list[Step]:
    """What a build of main of the repository's own Jenkinsfile does."""
    return steps(answers[Build()])


@pytest.fixture(params=FILES, ids=lambda file: file.name)
def file(request: pytest.FixtureRequest) -> Path:
    """Each Jenkinsfile."""
    file: Path = request.param
    return file


@pytest.fixture
def file_steps(file: Path, answers: Answers) -> list[Step]:
    """What a build of main does, by each Jenkinsfile."""
    return steps(answers[Build(file)])


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


def test_every_shell_line_runs_in_a_build_of_main_that_waits(file: Path, file_steps: list[Step]) -> None:
    written = re.findall(r"\bsh\b", re.sub(r"//.*|`sh`", "", file.read_text()))
    assert len(shells(file_steps)) == len(written) > 0


def test_every_shell_line_is_one_command(file_steps: list[Step]) -> None:
    for command in shells(file_steps):
        assert not re.search(r"[;&|<>`\n]|\$\(", command), command
        assert words(command)[0] in {"make", PUSHTRAIN, "python3", ".venv/bin/pip"}, command


def test_every_make_target_is_one(answers: Answers) -> None:
    commands = [command for file in FILES for command in shells(steps(answers[Build(file)]))]
    targets = {tuple(target) for target in map(words, commands) if target[0] == "make"}
    assert {target[1] for target in targets} == {"setup", "check", "check-infra", "test", "diff", "plan", "deploy"}
    for target in targets:
        process = subprocess.run([*target, "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert process.returncode == 0, process.stderr


def test_every_pushtrain_command_takes_its_options(answers: Answers) -> None:
    calls = [call for file in FILES for call in pushtrains(steps(answers[Build(file)]))]
    assert {call[0] for call in calls} == {"validate", "plan", "push"}
    for call in calls:
        command = program.get_command(click.Context(program), call[0])
        assert command is not None
        command.make_context(call[0], call[1:])


def test_the_commands_that_need_no_run_do_what_they_say(
    main: list[Step], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(quotas, "read_quotas", lambda names, _: dict.fromkeys(names))  # moto has no service quotas
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


@pytest.mark.parametrize("checks", BRANCH_CHECKS, ids=lambda file: file.name)
def test_the_jenkinsfile_of_branches_has_no_credentials_and_an_agent_without_identity(
    checks: Path, answers: Answers
) -> None:
    """Whoever writes a branch writes its Jenkinsfile too: no job of branches may hold or reach an identity."""
    for branch in ("main", "feature/new"):
        branch_steps = steps(answers[Build(checks, branch)])
        assert not any(step["environment"] for step in branch_steps)
        assert not [command for command in shells(branch_steps) if re.search(r"deploy|push ", command)]
    assert "credentials(" not in checks.read_text()
    assert set(labels(checks)) == {"pushtrain-checks"}


def test_a_branch_is_checked_as_main_is(answers: Answers) -> None:
    own, team = (shells(steps(answers[Build(file)])) for file in BRANCH_CHECKS)
    assert "make test" in own
    assert own == examined(steps(answers[Build(JENKINSFILE)]))
    assert team == examined(steps(answers[Build(PUSHING[1])]))


def test_a_branch_that_runs_the_jenkinsfile_of_main_reaches_no_account(file: Path, answers: Answers) -> None:
    branch_steps = steps(answers[Build(file, "feature/new")])
    assert {step["stages"][0] for step in branch_steps} == {"Examine"}
    assert not any(step["environment"] for step in branch_steps)


@pytest.mark.parametrize("pushing", PUSHING, ids=lambda file: file.name)
def test_prod_is_pushed_to_only_after_a_person_has_seen_its_plan(pushing: Path, answers: Answers) -> None:
    order = stage_order(steps(answers[Build(pushing)]))
    assert order == ["Examine", "Plan dev", "dev", "Plan prod", "Confirm prod", "prod"]
    [confirmed] = [step for step in steps(answers[Build(pushing)]) if step["step"] == "input"]
    assert confirmed["submitter"]


def test_the_platform_is_deployed_apart_from_pushes_and_prod_after_a_person_has_seen_its_plan(answers: Answers) -> None:
    deploying = steps(answers[Build(DEPLOYING)])
    assert stage_order(deploying) == ["Examine", "Plan dev", "dev", "Plan prod", "Confirm prod", "prod"]
    assert not pushtrains(deploying)
    for environment in ("dev", "prod"):
        commands = [f"make {what} ENVIRONMENT={environment}" for what in ("diff", "deploy")]
        assert [command for command in shells(deploying) if command in commands] == commands
    for file in PUSHING:
        assert not re.search(r"make (deploy|diff)", file.read_text())


def test_each_environment_has_its_own_identity_on_agents_of_its_own(file_steps: list[Step], file: Path) -> None:
    suffix = "-deploy" if file == DEPLOYING else ""
    for step in file_steps:
        stage, bound = step["stages"][0], step["environment"].get("AWS_CONFIG_FILE")
        environment = stage.removeprefix("Plan ")
        if environment in {"dev", "prod"}:
            assert bound == {"credentials": f"pushtrain-{environment}{suffix}-aws"}
            assert step["label"] == f"pushtrain-{environment}{suffix}"
        else:
            assert step["environment"] == {}
            assert step["label"] in {None, "pushtrain-checks"}
        named = re.search(r"\b(?:ENVIRONMENT=|--environment )(\w+)", step.get("command", ""))
        assert named is None or named[1] == environment


def test_nothing_waits_for_ever_and_a_person_is_waited_for_without_an_agent(file_steps: list[Step]) -> None:
    assert all(step["timed"] for step in file_steps), [step for step in file_steps if not step["timed"]]
    assert not [step for step in file_steps if step["step"] == "input" and step["agent"]]


@pytest.mark.parametrize("pushing", PUSHING, ids=lambda file: file.name)
def test_waiting_is_optional(pushing: Path, answers: Answers) -> None:
    main = shells(steps(answers[Build(pushing)]))
    waiting = [command for command in main if "--wait" in command]
    assert len(waiting) == 2
    not_waiting = shells(steps(answers[Build(pushing, wait=False)]))
    assert not_waiting == [command for command in main if command not in waiting]


def test_a_team_installs_the_release_and_neither_tests_nor_deploys_the_platform(answers: Answers) -> None:
    commands = shells(steps(answers[Build(PUSHING[1])]))
    assert ".venv/bin/pip install --quiet --requirement pushtrain.txt" in commands
    assert not [command for command in commands if command.startswith("make")]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"`pushtrain=={version}`" in PUSHING[1].read_text()


def labels(file: Path) -> list[str]:
    """The labels of all agents of a Jenkinsfile."""
    return re.findall(r"agent \{ label '([^']+)' \}", file.read_text())


def stage_order(file_steps: list[Step]) -> list[str]:
    """The first-level stages, in the order of their steps."""
    return list(dict.fromkeys(step["stages"][0] for step in file_steps))


def examined(file_steps: list[Step]) -> list[str]:
    """The commands of the stage that needs no credentials."""
    return shells([step for step in file_steps if step["stages"][0] == "Examine"])


# Message -> what to replace, and by what, in the first Jenkinsfile of SHORT_FIRST that has it.
VALIDATE = """steps { sh '.venv/bin/pushtrain validate . --changed-since "$GIT_PREVIOUS_SUCCESSFUL_COMMIT"' }"""
BROKEN = {
    "no 'stepz' here": ("steps {", "stepz {"),
    "no 'bash' here": ("sh 'python3", "bash 'python3"),
    "Validate': exactly one of steps": (VALIDATE, ""),
    "needs an agent": ("agent { label 'pushtrain-checks' }", "agent none"),
    "no agent": ("agent none", ""),
    "two stages are named 'Validate'": ("stage('Set up checks')", "stage('Validate')"),
    "no parameter 'WAITT'": ("params.WAIT ", "params.WAITT "),
    "there is no 'minutes'": ("timeout(time: 1, unit: 'HOURS')", "timeout(minutes: 60)"),
    "HOUR": ("unit: 'HOURS'", "unit: 'HOUR'"),
    "no 'brunch' here": ("branch 'main'", "brunch 'main'"),
    "startup failed": (VALIDATE, VALIDATE.removesuffix("}")),
    "stands below its steps": (VALIDATE, f"{VALIDATE}\nwhen {{ branch 'x' }}"),
    "sometimes": ("always {", "sometimes {"),
    "'password'": ("credentials('pushtrain-dev-aws')", "password('pushtrain-dev-aws')"),
}


def test_what_jenkins_would_refuse_is_refused_here(answers: Answers) -> None:
    broken = {build.broken: answer["error"] or "" for build, answer in answers.items() if build.broken}
    assert broken.keys() == BROKEN.keys()
    assert {message: error for message, error in broken.items() if message not in error} == {}
