"""Run whole jobs: status, exit code, failure reason, time limit, stop, and what is left on the computer."""

from __future__ import annotations

import json
import threading
import venv
from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.container import environments, process, sandbox
from tests.embedded.local.container.bench import STRATEGIES, Bench, channel


@pytest.mark.parametrize("strategy", STRATEGIES[:2])
def test_two_jobs_at_once_write_the_same_path_and_never_meet(
    bench: Bench, strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sandbox.VARIABLE, strategy)
    barrier = bench.home / "barrier"
    barrier.mkdir(parents=True)
    script = f"""
import json, pathlib, time
name = json.load(open("/opt/ml/config/processingjobconfig.json"))["ProcessingJobName"]
pathlib.Path("/opt/ml/processing/x/who.txt").write_text(name)
(pathlib.Path({str(barrier)!r}) / name).touch()
while len(list(pathlib.Path({str(barrier)!r}).iterdir())) < 2: time.sleep(0.01)
assert pathlib.Path("/opt/ml/processing/x/who.txt").read_text() == name
"""
    threads = [threading.Thread(target=bench.process, args=(script,), kwargs={"name": n}) for n in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [bench.text(f"{name}/out/x/who.txt") for name in ("one", "two")] == ["one", "two"]


def test_a_raising_script_fails_with_its_last_line_and_exit_code(bench: Bench, strategy: str) -> None:
    result = bench.train("raise ValueError('no good')")
    assert result.status == "Failed"
    assert result.failure_reason == "AlgorithmError: ValueError: no good, exit code: 1"
    assert bench.keys("out/") == []


def test_the_exit_code_is_kept(bench: Bench, strategy: str) -> None:
    assert bench.process("import sys; sys.exit(3)").exit_code == 3
    killed = bench.train("import os; os.kill(os.getpid(), 9)")
    assert killed.exit_code == 137
    assert str(killed.failure_reason).endswith(", exit code: 137")


def test_the_failure_file_is_the_reason_and_fits(bench: Bench) -> None:
    script = "open('/opt/ml/output/failure', 'w').write('가' * 5000); raise SystemExit(7)"
    reason = bench.train(script).failure_reason
    assert reason is not None
    assert len(reason) == 1024
    assert reason.startswith("AlgorithmError: 가가")
    assert reason.endswith("가, exit code: 7")


SLOW = """
import signal, sys, time, pathlib, os
def end(*_):
    time.sleep(0.3)  # the grace is there to be used
    pathlib.Path(os.environ["SM_MODEL_DIR"], "saved").write_text("in time")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("running", flush=True)
time.sleep(60)
"""


def test_the_time_limit_stops_a_job_which_may_save_its_model(bench: Bench, strategy: str) -> None:
    result = bench.train(SLOW, StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert (result.status, result.secondary_status) == ("Stopped", "MaxRuntimeExceeded")
    assert bench.members("out/job/output/model.tar.gz") == {"saved": "in time"}


def stop_when_running(bench: Bench) -> None:
    def listen(line: str) -> None:
        bench.lines.append(line)
        if line == "running":
            bench.stop.set()

    bench.on_line = listen


def test_stop_ends_a_script_that_will_not_end(bench: Bench, strategy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.2)
    stop_when_running(bench)
    ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('running'); time.sleep(60)"
    result = bench.train(ignore)
    assert (result.status, result.secondary_status, result.failure_reason) == ("Stopped", "Stopped", None)
    assert result.ended_at - result.started_at < 20


def test_stop_before_the_start_runs_nothing(bench: Bench) -> None:
    bench.stop.set()
    result = bench.train("print('running')")
    assert (result.status, result.exit_code, bench.lines) == ("Stopped", None, [])


def test_packages_that_cannot_be_installed_fail_the_job(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object, **__: object) -> Path:
        raise LocalError("no index")

    monkeypatch.setattr("pushtrain.local.container.environments.prepare_python", refuses)
    reason = bench.train("", files={"requirements.txt": "tiny"}).failure_reason
    assert reason == "AlgorithmError: InstallRequirementsError: no index"


def test_nothing_is_left_on_the_machine(bench: Bench, strategy: str) -> None:
    before = (sorted(Path("/opt").iterdir()), Path("/proc/self/mounts").read_text())
    assert bench.train("open('/tmp/../tmp/x', 'a').close(); open('rel', 'w')").status == "Completed"
    assert (sorted(Path("/opt").iterdir()), Path("/proc/self/mounts").read_text()) == before
    assert sorted(path.name for path in (bench.home / "job").iterdir()) == ["log.txt", "ml"]


def test_names_and_values_no_machine_can_take_fail_the_job(bench: Bench) -> None:
    bench.put("x/" + "a" * 300)
    reason = bench.train("", InputDataConfig=[channel("train", "x/")]).failure_reason
    assert "File name too long" in str(reason)
    assert bench.train("", HyperParameters={"deep": "[" * 2000}).status == "Completed"


CHANGE = """
import pathlib, sysconfig
site = pathlib.Path(sysconfig.get_path("purelib"))
(site / "left_by_a_job.py").write_text("x = 1")
(site / "six.py").write_text("changed in place")
print("now", (site / "six.py").read_text())
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packages of an environment that all jobs share, as `prepare_python` leaves it."""
    folder = tmp_path / "environment"
    venv.create(folder, symlinks=True)
    [site] = folder.glob("lib/python*/site-packages")
    (site / "six.py").write_text("as installed")
    (site / "six-1.17.0.dist-info").mkdir()
    (folder / environments.READY).write_text(json.dumps({"six": "1.17.0"}))
    monkeypatch.setattr(environments, "prepare_python", lambda *_, **__: folder / "bin" / "python")
    return site


@pytest.mark.parametrize("way", ["overlay", "copy"])
@pytest.mark.parametrize("strategy", STRATEGIES[:2])
def test_what_a_job_changes_in_its_python_environment_ends_with_the_job(
    bench: Bench, strategy: str, environment: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sandbox.VARIABLE, strategy)
    if way == "copy":
        monkeypatch.setattr(sandbox, "PROTECT", sandbox.PROTECT.replace("-t overlay", "-t no-such-file-system"))
    result = bench.train(CHANGE)
    assert result.status == "Completed", bench.lines
    assert "now changed in place" in bench.lines
    assert (environment / "six.py").read_text() == "as installed"
    assert not (environment / "left_by_a_job.py").exists()
    assert not [folder for folder in (bench.home / "job").iterdir() if folder.name.startswith("changes-")]


def test_an_environment_that_a_job_changed_is_created_again_where_it_cannot_be_protected(
    bench: Bench, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sandbox.VARIABLE, "paths")
    ready = environment.parents[2] / environments.READY
    assert bench.train("print('nothing')", TrainingJobName="first").status == "Completed"
    assert ready.exists()
    old, new = (str(environment / f"six-{version}.dist-info") for version in ("1.17.0", "2"))
    script = f"import os; os.rename({old!r}, {new!r})"
    assert bench.train(script, TrainingJobName="second").status == "Completed"
    assert not ready.exists()
    assert "pushtrain: the job changed its Python environment, which other jobs share: it will be created again" in (
        bench.lines
    )
