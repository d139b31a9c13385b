"""Whole runs through the command line: push, handler, state machine, jobs, gate, registry, and how each can end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pushtrain.cli import program, run_command
from pushtrain.cli.options import open_platform
from pushtrain.errors import LocalError
from pushtrain.local.states.install import Engine
from pushtrain.model_repo.check import validate
from pushtrain.runs import find_newest_run, find_usual_seconds
from tests.forks import Program, run_pushtrain

REPOS = Path(__file__).parents[2] / "repos"
pytestmark = pytest.mark.slow


class Person:
    """Someone at a terminal, with a store of their own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.store = folder / "store"
        self.sleeper = f"sleep_{uuid4().hex}.py"

    def repo(self, name: str, **files: str) -> Path:
        """A copy of a fixture model repo; what is no whole one is laid over `plain`."""
        made = self.folder / name
        if not (REPOS / name / "evaluation.py").exists() or not (REPOS / name / "train.py").exists():
            shutil.copytree(REPOS / "plain", made, dirs_exist_ok=True)
        shutil.copytree(REPOS / name, made, dirs_exist_ok=True)
        for file, text in files.items():
            (made / file).write_text(text, encoding="utf-8")
        return made

    def types(self, *words: object) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a command."""
        arguments = [str(word) for word in words]
        code = run_command(lambda: program.main([*arguments, "--store", str(self.store)], standalone_mode=False))
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def runs(self, repo: Path) -> dict[str, Any]:
        """The one JSON document of `run --json`."""
        code, out, _ = self.types("run", repo, "--json")
        document: dict[str, Any] = json.loads(out)
        assert code == (1 if document["outcome"] == "failed" else 0)
        return document


@pytest.fixture
def person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Person:
    return Person(tmp_path, capsys)


@dataclass(frozen=True)
class Finished:
    """A registered run of `plain`: what `run --json` printed, and its store, which the tests only read."""

    document: dict[str, Any]
    store: Path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("finished")
    repo = shutil.copytree(REPOS / "plain", folder / "plain")
    ended = run_pushtrain("run", repo, "--store", folder / "store", "--json")
    assert ended.returncode == 0, ended.stderr
    return Finished(json.loads(ended.stdout), folder / "store")


def test_an_experiment_registers_nothing_and_is_marked_everywhere(person: Person) -> None:
    repo = person.repo("plain")
    code, out, _ = person.types("run", repo, "--set", "train.max_runtime=10m", "--set", "register.when=null")
    assert code == 0
    assert 'experiment: train.max_runtime="10m", register.when=null, registers nothing' in out
    assert "not registered  experiments and reproductions register nothing" in out
    document = json.loads(person.types("run", repo, "--no-register", "--json")[1])
    assert (document["outcome"], document["model_version"], document["experiment"]) == ("not_registered", None, {})
    listed = json.loads(person.types("runs", "list", "--local", "--json")[1])
    assert [run["experiment"] for run in listed] == [{"train.max_runtime": "10m", "register.when": None}, {}]
    assert person.types("runs", "list", "--local")[1].count("not registered · experiment") == 2
    first = listed[0]["run"]
    shown = json.loads(person.types("runs", "show", first, "--local", "--json")[1])
    assert shown["experiment"] == shown["input"]["experiment"] == listed[0]["experiment"]
    assert (
        '  experiment  register.when=null, train.max_runtime="10m", registers nothing\n'
        in (person.types("runs", "show", first, "--local")[1])
    )
    page = person.folder / "r.html"
    assert person.types("runs", "report", first, "--local", "-o", page)[0] == 0
    assert "train.max_runtime = &#34;10m&#34; · an experiment registers nothing" in page.read_text("utf-8")
    record = next(person.store.glob(f"s3/*/plain/runs/{first}/input.json"))
    assert json.loads(record.read_text("utf-8"))["experiment"] == listed[0]["experiment"]
    assert "plain" not in person.types("models", "list", "--local")[1]
    with open_platform(local=True, store=person.store, environment="") as platform:
        assert find_newest_run(platform, "plain") == ""  # an experiment sets no gate of today
        assert find_usual_seconds(platform, "plain") == {}


def test_a_run_that_only_repeats_an_earlier_one_names_it_and_starts_nothing(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = (REPOS / "plain" / "config.yaml").read_text()
    repo = person.repo("plain", **{"config.yaml": f"{config}defaults: {{cache: true}}\n"})
    first = person.runs(repo)
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "load", lambda *_: pytest.fail("the engine takes time to load"))
        code, out, _ = person.types("run", repo)
    assert code == 0
    assert out.splitlines()[1:] == [
        f"unchanged   same as run {first['run']}, version 1: nothing was started",
        "next        add --again to start a run",
    ]
    assert person.runs(repo) == {**first, "same_as": first["run"]}
    code, out, _ = person.types("run", repo, "--again", "--json")
    again = json.loads(out)
    assert (again["jobs"], again["model_version"], "same_as" in again) == ([], 2, False)


def test_a_value_that_cannot_be_set_starts_nothing(person: Person) -> None:
    code, _, err = person.types("run", person.repo("plain"), "--set", "train.instnce=ml.m5.large")
    assert (code, err) == (1, "--set  train.instnce: unknown key. Did you mean 'instance'?\n")
    assert not person.store.exists()


def test_a_model_is_trained_registered_listed_and_approved(person: Person) -> None:
    code, out, _ = person.types("run", person.repo("plain"))
    assert code == 0
    assert "registered  plain version 1 · PendingManualApproval" in out
    assert re.search(r"^next +\S+ models approve plain 1 --local", out, re.MULTILINE)
    (model,) = re.findall(r"^model +(.*)$", out, re.MULTILINE)
    assert Path(model).is_file()
    (report,) = re.findall(r"^report +(.*)$", out, re.MULTILINE)
    assert Path(report).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert out.count("✓") == 4

    code, out, _ = person.types("models", "list", "--local", "--json")
    (listed,) = json.loads(out)
    assert set(listed) == {
        "model",
        "version",
        "status",
        "metrics",
        "run",
        "revision",
        "created",
        "serves",
        "same_as",
    } | {"environment"}
    assert (listed["status"], listed["metrics"]) == ("PendingManualApproval", {"error": 1.0})

    code, out, _ = person.types("models", "approve", "plain", 1, "--local", "--note", "looks\ngood")
    assert (code, out) == (0, "approved  plain version 1 · error 1\nserves    plain version 1\n")
    code, out, _ = person.types("models", "show", "plain", 1, "--local", "--json")
    shown = json.loads(out)
    assert (shown["status"], shown["note"], shown["revision"]) == ("Approved", "looks good", listed["revision"])

    code, out, _ = person.types("models", "reject", "plain", 1, "--local", "--json")
    assert json.loads(out)["status"] == "Rejected"


def test_a_run_may_print_into_its_model_repo(person: Person) -> None:
    """`pushtrain run . > run.log 2> err` in the model repo: a growing file is no part of the revision."""
    repo = person.repo("plain")
    with (repo / "run.log").open("w") as log, (repo / "err").open("w") as err:
        streams = {"stdout": log.fileno(), "stderr": err.fileno()}
        with Program(("run", repo, "--store", person.store), streams=streams) as process:
            code = process.wait()
    warnings = (repo / "err").read_text().splitlines()
    assert (code, [line.partition("  this command")[0] for line in warnings]) == (
        0,
        [f"warning  {repo}/err", f"warning  {repo}/run.log"],
    )
    assert "registered  plain version 1" in (repo / "run.log").read_text()


def test_git_says_why_a_run_has_no_commit(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = person.repo("plain")
    subprocess.run(["git", "init", "-q", str(repo)], check=True)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for words in (["validate", repo], ["plan", repo, "--local"], ["run", repo]):
        if words[0] == "validate":
            run_command(lambda: program.main([str(word) for word in words], standalone_mode=False))  # noqa: B023
            err = person.capsys.readouterr().err
        else:
            err = person.types(*words)[2]
        assert f"git config --global --add safe.directory {repo}" in err, words[0]


def test_the_json_of_a_run_is_the_contract(finished: Finished) -> None:
    document = finished.document
    assert set(document) == {"run", "status", "outcome", "model_version", "metrics", "jobs", "error", "verdict"}
    assert [(entry["metric"], entry["holds"]) for entry in document["verdict"]["conditions"]] == [("error", True)]
    assert (document["status"], document["outcome"], document["model_version"]) == ("SUCCEEDED", "registered", 1)
    assert document["metrics"] == {"error": 1.0}
    assert [(job["step"], job["status"]) for job in document["jobs"]] == [
        ("preprocess", "Completed"),
        ("train", "Completed"),
        ("evaluate", "Completed"),
    ]
    assert all(set(job) == {"step", "name", "status", "seconds"} for job in document["jobs"])
    assert document["error"] is None


def test_runs_are_listed_shown_and_their_logs_kept(person: Person, finished: Finished) -> None:
    person.store, run = finished.store, finished.document["run"]
    _, out, _ = person.types("runs", "list", "--local", "--json")
    (listed,) = json.loads(out)
    assert (listed["run"], listed["model"], listed["outcome"]) == (run, "plain", "registered")
    code, out, _ = person.types("runs", "show", run[:6], "--local")
    assert code == 0
    assert "registered as version 1" in out
    code, out, _ = person.types("runs", "logs", run, "--step", "train", "--local")
    assert out == "mean=10.0;\n"
    code, out, err = person.types("runs", "logs", run, "--step", "train", "--local", "--follow")
    assert (code, out) == (0, "mean=10.0;\n")
    code, out, _ = person.types("runs", "watch", run[:6], "--local")
    assert (code, out.splitlines()[-1]) == (0, "  registered as version 1")
    assert [line.split()[:2] for line in out.splitlines()[1:-1]] == [
        ["✓", s] for s in ("preprocess", "train", "evaluate")
    ]
    code, out, _ = person.types("runs", "watch", run, "--local", "--json")
    assert json.loads(out)["model_version"] == 1
    code, out, _ = person.types("runs", "logs", run, "--local", "--json")
    logs = json.loads(out)
    assert (code, [each["step"] for each in logs]) == (0, ["preprocess", "train", "evaluate"])
    assert logs[1]["lines"] == ["mean=10.0;"]
    assert run in logs[1]["job"]
    code, _, err = person.types("runs", "show", "nothing", "--local")
    listed = f"`pushtrain runs list --local --store {person.store}`"
    assert (code, err) == (1, f"there is no run 'nothing'. {listed} shows them\n")


def test_a_failed_run_is_listed_as_such_and_redriven_on_this_computer(person: Person) -> None:
    repo, fixed = person.repo("plain"), person.folder / "fixed"
    script = (repo / "train.py").read_text(encoding="utf-8")
    check = f"import pathlib\nif not pathlib.Path({str(fixed)!r}).exists(): raise ValueError('the disk is full')\n"
    (repo / "train.py").write_text(check + script, encoding="utf-8")
    failed = person.runs(repo)["run"]
    code, out, _ = person.types("runs", "list", "--local", "--status", "failed", "--since", "1h", "--json")
    assert [run["run"] for run in json.loads(out)] == [failed]
    assert person.types("runs", "list", "--local", "--status", "registered", "--json")[1] == "[]\n"
    code, out, _ = person.types("runs", "redrive", failed, "--local", "--json")
    document = json.loads(out)
    assert (code, document["state"], document["outcome"], document["redrives"]) == (1, "train", "failed", 1)
    fixed.touch()
    code, out, err = person.types("runs", "redrive", failed, "--local")
    lines = out.splitlines()
    assert (code, err, lines[0]) == (0, "", f"redriven  plain · run {failed} goes on at 'train'")
    assert [line.split()[1] for line in lines[1:-1]] == ["train", "evaluate"]  # preprocess did not run again
    assert lines[-1] == "  registered as version 1"
    assert list(person.store.glob(f"s3/*/plain/runs/{failed}/report.html"))
    document = json.loads(person.types("runs", "show", failed, "--local", "--json")[1])
    assert (document["definition_version"], document["redrives"], document["cost"]) == (1, 2, None)
    attempts = [(job["step"], job["attempt"], job["instance"]) for job in document["jobs"]]
    assert attempts[-2:] == [("train", 3, "ml.m5.xlarge"), ("evaluate", 1, "ml.m5.large")]


def test_branches_run_at_the_same_time_fail_together_and_are_redriven_together(person: Person) -> None:
    repo, fixed = person.repo("diamond"), person.folder / "fixed"
    config = (repo / "config.yaml").read_text(encoding="utf-8").replace("FOLDER", str(person.folder))
    (repo / "config.yaml").write_text(config, encoding="utf-8")
    out = person.types("plan", repo, "--local")[1]
    assert re.search(r"^  even .* after clean$", out, re.MULTILINE)
    assert re.search(r"^  train .* after odd, even$", out, re.MULTILINE)
    failed = person.runs(repo)  # each script waits until the other one runs
    statuses = {job["step"]: job["status"] for job in failed["jobs"]}
    assert statuses == {"clean": "Completed", "odd": "Failed", "even": "Stopped"}
    assert failed["error"]["step"] == "odd"
    assert failed["error"]["reason"] == "ValueError: the disk is full"
    fixed.touch()
    code, out, _ = person.types("runs", "redrive", failed["run"], "--local")
    lines = out.splitlines()
    assert (code, lines[1]) == (0, "again     even: stopped when 'odd' failed")
    assert {line.split()[1] for line in lines[2:4]} == {"odd", "even"}
    assert [line.split()[1] for line in lines[4:-1]] == ["train", "evaluate"]
    assert lines[-1] == "  registered as version 1"


def test_a_run_is_compared_with_the_median_of_those_before_it(person: Person) -> None:
    runs = [person.runs(person.repo("plain")) for _ in range(2)]
    with open_platform(local=True, store=person.store, environment="") as platform:
        all_of_them = find_usual_seconds(platform, "plain")
        but_the_last = find_usual_seconds(platform, "plain", except_run=runs[-1]["run"])
    times = [next(job["seconds"] for job in run["jobs"] if job["step"] == "train") for run in runs]
    assert all_of_them["train"] == pytest.approx(sum(times) / 2)
    assert but_the_last["train"] == times[0]


def test_a_model_repo_in_the_style_of_aws_samples_runs_unmodified(person: Person) -> None:
    document = person.runs(person.repo("aws-style"))
    assert document["outcome"] == "registered"
    assert document["metrics"]["regression_metrics.mse.value"] < 6


def test_a_gate_not_met_ends_well_and_registers_nothing(person: Person) -> None:
    repo = person.repo("gate-not-met")
    document = person.runs(repo)
    assert (document["status"], document["outcome"], document["model_version"]) == ("SUCCEEDED", "not_registered", None)
    code, out, _ = person.types("run", repo)
    assert code == 0
    assert "✗ gate        error 1 ≤ 0.5" in out
    assert "not registered  gate not met: error\n" in out
    assert json.loads(person.types("models", "list", "--local", "--json")[1]) == []


@pytest.mark.parametrize(
    ("name", "step", "reason"),
    [
        ("raises", "train", "ValueError: the column 'label' holds 3 values, expected 2"),
        ("too-long", "train", "stopped at its max_runtime of 2 s. Raise train.max_runtime in config.yaml"),
        (
            "no-evaluation",
            "gate",
            "the evaluate job wrote no evaluation.json: write it to /opt/ml/processing/evaluation/evaluation.json",
        ),
        (
            "missing-metric",
            "gate",
            "evaluation.json has no metric 'error', which config.yaml's register.when asks for. It has: loss",
        ),
        (
            "text-metric",
            "gate",
            "metric 'error' of evaluation.json is not a finite number, so the gate cannot judge it.",
        ),
        (
            "nan-metric",
            "gate",
            "evaluation.json: error is NaN or Infinity, which JSON cannot hold. Write a finite number",
        ),
    ],
)
def test_a_run_that_fails_says_where_and_why(person: Person, name: str, step: str, reason: str) -> None:
    document = person.runs(person.repo(name))
    assert (document["status"], document["outcome"], document["model_version"]) == ("FAILED", "failed", None)
    assert (document["error"]["step"], document["error"]["reason"]) == (step, reason)
    assert json.loads(person.types("models", "list", "--local", "--json")[1]) == []


def test_a_failing_script_shows_its_own_last_lines_and_where_the_log_is(person: Person) -> None:
    code, out, _ = person.types("run", person.repo("raises"))
    assert code == 1
    assert "    ValueError: the column 'label' holds 3 values, expected 2\n" in out
    log = next(line for line in out.splitlines() if line.startswith("full log")).split()[-1]
    assert "about to read the labels" in Path(log).read_text(encoding="utf-8")


def test_a_job_that_calls_boto3_reaches_embedded_s3(person: Person) -> None:
    assert person.runs(person.repo("boto3-job"))["outcome"] == "registered"


def test_data_that_is_only_in_s3_asks_for_a_stand_in(person: Person) -> None:
    config = (REPOS / "plain" / "config.yaml").read_text().replace("numbers: data/", "numbers: s3://lake/churn/")
    code, _, err = person.types("run", person.repo("plain", **{"config.yaml": config}))
    assert code == 1
    assert err.startswith("data.numbers: s3://lake/churn/ is not on this computer. Give a stand-in for local runs:")


def test_a_wrong_config_runs_nothing_and_lists_every_problem(person: Person) -> None:
    repo = person.repo("plain", **{"config.yaml": "model: plain\ntrian: {}\ntrain: {framework: sklern 1.2-1}\n"})
    code, out, err = person.types("run", repo)
    assert (code, out) == (1, "")
    assert "config.yaml:2  trian:" in err
    assert "config.yaml:3  train.framework:" in err
    code, out, _ = person.types("run", repo, "--json")
    assert (code, json.loads(out)["error"]["step"]) == (1, "push")


@pytest.mark.parametrize("fault", ["no folder", "data that is not here", "a store that is a file"])
def test_whatever_stops_a_run_json_is_one_document(person: Person, fault: str) -> None:
    repo = person.repo("plain")
    if fault == "no folder":
        repo = person.folder / "no such folder"
    elif fault == "data that is not here":
        config = repo / "config.yaml"
        config.write_text(config.read_text().replace("{numbers: data/}", "{numbers: s3://lake/raw/}"))
    else:
        person.store.write_text("")
    code, out, err = person.types("run", repo, "--json")
    document = json.loads(out)
    assert (code, document["status"], document["outcome"]) == (1, "REFUSED", "failed")
    assert document["error"]["reason"] in err


def test_the_same_code_again_does_not_touch_the_state_machine(person: Person) -> None:
    repo = person.repo("plain")
    person.runs(repo)
    (repo / "train.py").write_text((repo / "train.py").read_text() + "\n# a change of code alone\n")
    assert person.runs(repo)["model_version"] == 2
    versions = [json.loads(path.read_text())["version"] for path in person.store.rglob("definitions/*.json")]
    assert len(versions) == 1


def test_two_runs_at_once_become_versions_one_and_two(person: Person) -> None:
    repo = person.repo("plain")
    both = [Program(("run", repo, "--json", "--store", person.store)) for _ in range(2)]
    documents = [json.loads(process.communicate()[0]) for process in both]
    assert sorted(document["model_version"] for document in documents) == [1, 2]
    listed = json.loads(person.types("models", "list", "--local", "--json")[1])
    assert [version["version"] for version in listed] == [1, 2]
    assert {version["run"] for version in listed} == {document["run"] for document in documents}


SLEEPS = "import time\nprint('asleep', flush=True)\ntime.sleep(600)\n"


def start_sleeping(person: Person, *words: str) -> Program:
    """A run whose script of training, which has a name of its own on this machine, has begun to sleep."""
    config = (REPOS / "plain" / "config.yaml").read_text().replace("train:\n", f"train:\n  script: {person.sleeper}\n")
    repo = person.repo("plain", **{person.sleeper: SLEEPS, "config.yaml": config})
    started = Program(("run", repo, *words, "--store", person.store))
    while not any("asleep" in log.read_text() for log in person.store.glob("jobs/*-train-*/log.txt")):
        with contextlib.suppress(subprocess.TimeoutExpired):  # a busy loop would take half of the core from the run
            started.wait(0.05)
            raise AssertionError(started.communicate())
    return started


def sleepers(person: Person) -> list[str]:
    """Processes of a run that are still alive."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(person.store) in words or person.sleeper in words:
            found.append(words)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_an_interrupted_run_stops_its_job_and_leaves_nothing_running(person: Person, number: int) -> None:
    started = start_sleeping(person)
    assert any(person.sleeper in words for words in sleepers(person))
    started.send_signal(number)
    _, err = started.communicate(timeout=30)
    assert sleepers(person) == []
    (run,) = json.loads(person.types("runs", "list", "--local", "--json")[1])
    assert run["status"] == "ABORTED"
    *_, word, told = err.splitlines()
    assert (started.returncode, word) == (130, "interrupted")
    said, _, words = told.partition(" See it with: ")
    assert said == f"run {run['run']} was stopped."
    assert re.fullmatch(rf"\S+ runs show {run['run']} --local --store {person.store}", words)
    assert person.types(*words.split()[1:])[1].splitlines()[0] == f"plain · run {run['run']} · ABORTED"


def test_an_interrupted_run_is_a_document_too(person: Person) -> None:
    started = start_sleeping(person, "--json")
    started.send_signal(signal.SIGINT)
    out, _ = started.communicate(timeout=30)
    told = json.loads(out)
    assert (started.returncode, told["status"], told["jobs"][-1]["step"]) == (130, "ABORTED", "train")


def test_a_killed_run_leaves_a_store_that_reads_and_takes_the_next_run(person: Person) -> None:
    started = start_sleeping(person)
    started.kill()
    started.communicate()
    (run,) = json.loads(person.types("runs", "list", "--local", "--json")[1])
    assert run["status"] == "ABORTED"
    shutil.copy(REPOS / "plain" / "config.yaml", person.folder / "plain" / "config.yaml")
    assert person.runs(person.folder / "plain")["model_version"] == 1


def test_a_metric_whose_key_holds_a_dot_and_hangul_is_judged(person: Person) -> None:
    config = (REPOS / "plain" / "config.yaml").read_text()
    script = (REPOS / "plain" / "evaluation.py").read_text()
    repo = person.repo(
        "plain",
        **{
            "config.yaml": config.replace("metric: error", "metric: '\"a.b\".점수'"),
            "evaluation.py": script.replace('{"error": error}', '{"a.b": {"점수": error}}'),
        },
    )
    code, out, _ = person.types("run", repo)
    assert (code, "✓ gate        점수 1 ≤ 2" in out) == (0, True)
    (listed,) = json.loads(person.types("models", "list", "--local", "--json")[1])
    assert listed["metrics"] == {"'a.b'.점수": 1.0}


def test_a_reader_that_goes_away_does_not_end_the_run(person: Person) -> None:
    typed = f"{sys.executable} -m pushtrain run {person.repo('plain')} --store {person.store}"
    subprocess.run(["/bin/sh", "-c", f"{typed} | head -1"], check=True, capture_output=True)
    while json.loads(person.types("runs", "list", "--local", "--json")[1])[0]["outcome"] is None:
        os.sched_yield()
    (run,) = json.loads(person.types("runs", "list", "--local", "--json")[1])
    assert run["outcome"] == "registered"


def test_a_terminal_without_our_characters_gets_question_marks(person: Person) -> None:
    environment = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = run_pushtrain("run", person.repo("plain"), "--store", person.store, environment=environment)
    assert (done.returncode, "  ? gate        error 1 ? 2" in done.stdout) == (0, True)


def test_a_step_that_wrote_nothing_is_named_beside_the_one_that_missed_it(person: Person) -> None:
    script = "open('lost.txt', 'w').write('1')\n"
    code, out, _ = person.types("run", person.repo("plain", **{"preprocessing.py": script}))
    assert code == 1
    assert "the script wrote nothing to /opt/ml/processing/train" in out


def test_an_evaluation_that_is_no_json_is_told_so(person: Person) -> None:
    script = "open('/opt/ml/processing/evaluation/evaluation.json', 'w').write(str({'error': 1}))\n"
    document = person.runs(person.repo("plain", **{"evaluation.py": script}))
    assert document["error"]["reason"].startswith("evaluation.json is not JSON: Expecting property name")


def test_an_evaluation_too_large_for_the_gate_names_the_remedy(person: Person) -> None:
    script = (REPOS / "plain" / "evaluation.py").read_text().replace('{"error": error}', '{"rows": "x" * (17 << 20)}')
    document = person.runs(person.repo("plain", **{"evaluation.py": script}))
    assert document["error"]["reason"].endswith("Move its arrays to plots.json")


def test_a_gate_reads_a_metric_in_a_list_of_any_length(person: Person) -> None:
    written = '{"metrics": [{"value": error}], "curve": [0.5] * 90000}'
    script = (REPOS / "plain" / "evaluation.py").read_text().replace('{"error": error}', written)
    config = (REPOS / "plain" / "config.yaml").read_text().replace("metric: error", "metric: 'metrics[0].value'")
    document = person.runs(person.repo("plain", **{"evaluation.py": script, "config.yaml": config}))
    assert document["outcome"] == "registered"
    assert list(document["metrics"]) == ["metrics[0].value"]


@pytest.mark.parametrize("name", ["data-at-input", "renamed-channel", "nested-outputs"])
def test_scripts_of_other_projects_keep_their_folders_and_channels(person: Person, name: str) -> None:
    repo = person.repo(name)
    assert [warning.key for warning in validate(repo).warnings] == ["register"]
    document = person.runs(repo)
    assert (document["outcome"], [job["status"] for job in document["jobs"]]) == ("not_registered", ["Completed"] * 3)


def test_an_unknown_model_is_not_said_to_be_no_model_at_all(person: Person, finished: Finished) -> None:
    person.store = finished.store
    code, _, err = person.types("models", "list", "plian", "--local")
    assert (code, err) == (1, "there is no model 'plian' in the registry. Did you mean 'plain'?\n")


def test_a_run_whose_store_fails_midway_prints_one_document(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run has started: the document names it."""
    reason = "the local store cannot be used (database or disk is full)"

    def fail(*_: object) -> None:
        raise LocalError(reason)

    monkeypatch.setattr("pushtrain.local.run._wait", fail)
    code, out, err = person.types("run", person.repo("plain"), "--json")
    document = json.loads(out)
    assert (code, err.splitlines()[-1]) == (1, reason), err
    assert re.fullmatch(r"[0-9a-f]{12}-[0-9a-f]{6}", document.pop("run"))
    assert document == {
        "status": "ABORTED",
        "outcome": "failed",
        "model_version": None,
        "metrics": {},
        "jobs": [],
        "error": {"step": "", "reason": reason, "log": ""},
    }
