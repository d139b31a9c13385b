"""A script's Python environment: created once, found fast, created again when incomplete. Its packages are tiny."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.container import environments, installer
from pushtrain.local.container.environments import prepare_python
from pushtrain.local.container.requirements import Requirements, read_requirements


def wheel(folder: Path, name: str, version: str, code: str = "") -> None:
    """A wheel that pip installs without building anything."""
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    text = f"__version__ = {version!r}\n{code}"
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as made:
        made.writestr(f"{module}.py", text)
        made.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        made.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        made.writestr(f"{info}/RECORD", f"{module}.py,sha256={digest},{len(text)}\n")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(environments, "_reported_frameworks", set())
    return write_wheels(tmp_path, monkeypatch)


def write_wheels(parent: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write an index of tiny packages, and let pip use it. The environments are beside it."""
    folder = parent / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv(environments.VARIABLE, str(parent / "cache"))
    for name, version in (
        ("tiny", "1.0"),
        ("tiny", "2.0"),
        ("pandas", "1.5"),
        ("pandas", "2.1"),
        ("pandas", "9.1"),
        ("numpy", "1.9"),
        ("numpy", "2.9"),
    ):
        wheel(folder, name, version)
    for version in ("1.2.2", "1.7.2"):
        wheel(folder, "scikit-learn", version)
    return folder


@dataclass(frozen=True)
class Tiny:
    """The environment of `tiny==1.0`, and the lines that were printed when it was created. Tests only read it."""

    cache: Path
    python: Path
    lines: Sequence[str]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    parent, lines = tmp_path_factory.mktemp("tiny"), list[str]()
    with pytest.MonkeyPatch.context() as monkeypatch:
        write_wheels(parent, monkeypatch)
        python = prepare_python([Requirements(text="tiny==1.0")], None, on_line=lines.append)
    return Tiny(parent / "cache", python, lines)


def version_of(python: Path, module: str) -> str:
    program = f"import {module}; print({module}.__version__)"
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def silent(line: str) -> None:
    pass


def test_nothing_to_install_is_this_python() -> None:
    assert prepare_python([], None, on_line=silent) == Path(sys.executable)
    assert prepare_python([Requirements(text="# only words\n\n")], None, on_line=silent) == Path(sys.executable)


@pytest.mark.slow
def test_the_packages_of_an_environment_are_known(tiny: Tiny) -> None:
    assert environments.read_packages(tiny.python)["tiny"] == "1.0"


def test_the_packages_of_this_python_are_known() -> None:
    assert environments.read_packages(Path(sys.executable))["moto"] == metadata.version("moto")


def test_an_environment_is_made_once_and_found_at_once(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    assert version_of(tiny.python, "tiny") == "1.0"
    assert " + tiny==1.0" in tiny.lines
    monkeypatch.setenv(environments.VARIABLE, str(tiny.cache))
    monkeypatch.setattr("subprocess.Popen", None)  # finding it starts no process
    lines: list[str] = []
    assert prepare_python([Requirements(text="tiny==1.0")], None, on_line=lines.append) == tiny.python
    assert lines == []


@pytest.mark.slow
def test_the_last_file_wins_and_the_framework_is_added_once(wheels: Path) -> None:
    files = [Requirements(text="tiny==1.0\npandas"), Requirements(text="tiny==2.0")]
    python = prepare_python(files, ("sklearn", "1.2-1"), on_line=silent)
    assert (version_of(python, "tiny"), version_of(python, "scikit_learn")) == ("2.0", "1.7.2")


@pytest.mark.slow
def test_a_file_that_names_other_files_is_installed_in_its_folder(wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "code" / "vendor").mkdir(parents=True)
    (tmp_path / "code" / "requirements.txt").write_text("-r base.txt\n./vendor/own-3.0-py3-none-any.whl\n")
    (tmp_path / "code" / "base.txt").write_text("tiny==1.0\n")
    wheel(tmp_path / "code" / "vendor", "own", "3.0")
    files = [read_requirements(tmp_path / "code", "requirements.txt")]
    python = prepare_python(files, None, on_line=silent)
    assert (version_of(python, "tiny"), version_of(python, "own")) == ("1.0", "3.0")


@pytest.mark.slow
def test_the_framework_is_added_and_its_version_told_once(wheels: Path) -> None:
    lines: list[str] = []
    python = prepare_python([Requirements(text="tiny")], ("sklearn", "1.2-1"), on_line=lines.append)
    assert version_of(python, "pandas") == "2.1"
    told = "pushtrain: this computer: scikit-learn 1.7.2; image: 1.2-1. --match-image pins it"
    assert lines.count(told) == 1
    prepare_python([Requirements(text="tiny")], ("sklearn", "1.2-1"), on_line=lines.append)
    assert lines.count(told) == 1


@pytest.mark.slow
def test_match_image_pins_the_framework(wheels: Path) -> None:
    lines: list[str] = []
    python = prepare_python([], ("sklearn", "1.2-1"), match_image=True, on_line=lines.append)
    assert (version_of(python, "scikit_learn"), version_of(python, "numpy")) == ("1.2.2", "1.9")
    assert version_of(python, "pandas") == "1.5"
    assert not any("--match-image" in line for line in lines)


@pytest.mark.slow
def test_a_failure_quotes_pip_names_the_remedy_and_is_tried_anew(wheels: Path) -> None:
    with pytest.raises(LocalError) as told:
        prepare_python([Requirements(text="later")], None, on_line=silent)
    assert str(told.value) == (
        "the Python environment of this model repo could not be created (No matching distribution found for later); "
        "correct requirements.txt, or pip's configuration (index, proxy) on this computer"
    )
    wheel(wheels, "later", "1.0")
    assert version_of(prepare_python([Requirements(text="later")], None, on_line=silent), "later") == "1.0"


@pytest.mark.slow
def test_pip_installs_if_uv_is_missing(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer, "find_uv", lambda: None)
    lines: list[str] = []
    assert version_of(prepare_python([Requirements(text="tiny==1.0")], None, on_line=lines.append), "tiny") == "1.0"
    assert "Successfully installed tiny-1.0" in lines


@pytest.mark.slow
def test_pip_installs_if_uv_cannot(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv = wheels / "uv"
    uv.write_text("#!/bin/sh\necho error: not today\nexit 2\n")
    uv.chmod(0o755)
    monkeypatch.setattr(installer, "find_uv", lambda: uv)
    lines: list[str] = []
    assert version_of(prepare_python([Requirements(text="tiny==1.0")], None, on_line=lines.append), "tiny") == "1.0"
    start = lines.index("pushtrain: uv could not install these packages; pip tries now")
    assert lines[start - 1] == "error: not today"
    assert "Successfully installed tiny-1.0" in lines[start:]


@pytest.mark.slow
def test_pip_installs_if_it_is_configured_as_uv_cannot_be(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_PREFER_BINARY", "1")
    lines: list[str] = []
    assert version_of(prepare_python([Requirements(text="tiny==1.0")], None, on_line=lines.append), "tiny") == "1.0"
    assert "pushtrain: uv does not know pip's setting prefer-binary; pip installs" in lines
    assert "Successfully installed tiny-1.0" in lines


@pytest.mark.slow
def test_scripts_may_call_pip(tiny: Tiny) -> None:
    freeze = subprocess.run([tiny.python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    assert freeze == "tiny==1.0\n"


@pytest.mark.slow
def test_packages_are_compiled_once_for_all_environments_but_not_what_cannot_be(wheels: Path) -> None:
    wheel(wheels, "old", "1.0", "print 'Python 2'\n")
    first = prepare_python([Requirements(text="tiny==1.0")], None, on_line=silent)
    python = prepare_python([Requirements(text="tiny==1.0\nold")], None, on_line=silent)
    compiled = {path.name.partition(".")[0]: path for path in find_bytecode(python)}
    assert compiled["tiny"].samefile(next(path for path in find_bytecode(first) if path.name.startswith("tiny.")))
    assert "old" not in compiled


def find_bytecode(python: Path) -> list[Path]:
    return [*python.parents[1].glob("lib/*/site-packages/**/*.pyc")]


MAKE = """
from pushtrain.local.container.environments import prepare_python
from pushtrain.local.container.requirements import Requirements
print(prepare_python([Requirements(text="tiny==2.0")], None, on_line=lambda line: print(line, flush=True)))
"""


@pytest.mark.slow
def test_two_processes_make_one_environment(wheels: Path) -> None:
    start = [sys.executable, "-c", MAKE]
    makers = [subprocess.Popen(start, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [maker.communicate(timeout=120)[0].splitlines() for maker in makers]
    assert said[0][-1] == said[1][-1]
    assert sorted(" + tiny==2.0" in lines for lines in said) == [False, True]
    waits = "pushtrain: another job is creating this Python environment; waiting for it"
    assert any(line == waits for lines in said for line in lines)


@pytest.mark.slow
def test_two_jobs_at_the_same_time_make_one_environment(wheels: Path) -> None:
    lines: list[str] = []
    both_are_ready = threading.Barrier(2)

    def prepare() -> None:
        both_are_ready.wait()
        prepare_python([Requirements(text="tiny==1.0\n")], None, on_line=lines.append)

    jobs = [threading.Thread(target=prepare) for _ in range(2)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert lines.count("pushtrain: creating a Python environment (once; it is kept for later runs)") == 1
    assert lines.count("pushtrain: another job is creating this Python environment; waiting for it") == 1
    assert version_of(prepare_python([Requirements(text="tiny==1.0\n")], None, on_line=silent), "tiny") == "1.0"


def test_one_killed_half_way_is_made_anew_and_its_pip_dies_too(wheels: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", MAKE], stdout=subprocess.PIPE, text=True) as maker:
        assert maker.stdout is not None
        begins = maker.stdout.readline()
        assert begins == "pushtrain: creating a Python environment (once; it is kept for later runs)\n"
        os.kill(maker.pid, signal.SIGKILL)
    assert not list((wheels.parent / "cache").rglob(environments.READY))
    assert version_of(prepare_python([Requirements(text="tiny==2.0")], None, on_line=silent), "tiny") == "2.0"


@pytest.mark.slow
def test_stop_ends_the_making(wheels: Path) -> None:
    stop = threading.Event()
    with pytest.raises(LocalError) as told:
        prepare_python([Requirements(text="tiny==1.0")], None, on_line=lambda line: stop.set(), stop=stop)
    assert str(told.value) == "stopped while creating a Python environment"
    assert not list((wheels.parent / "cache").rglob(environments.READY))


def test_stop_ends_the_waiting_for_another_maker(tmp_path: Path) -> None:
    stop = threading.Event()
    with environments._lock(tmp_path / "lock", silent, stop):
        stop.set()
        with pytest.raises(LocalError) as told, environments._lock(tmp_path / "lock", silent, stop):
            pass
    assert str(told.value) == "stopped while waiting for a Python environment"


@pytest.mark.slow
def test_match_image_without_a_wheel_says_so(wheels: Path) -> None:
    with pytest.raises(LocalError) as told:
        prepare_python([], ("sklearn", "0.23-1"), match_image=True, on_line=silent)
    assert str(told.value) == (
        "the Python environment of this model repo could not be created "
        "(No matching distribution found for scikit-learn==0.23.*); "
        f"scikit-learn==0.23.* may have no wheel for Python {platform.python_version()}: leave --match-image out"
    )


@pytest.mark.slow
def test_a_removed_python_makes_it_anew(wheels: Path) -> None:
    python = prepare_python([Requirements(text="tiny==1.0")], None, on_line=silent)
    for link in python.parent.glob("python*"):
        link.unlink()
    assert version_of(prepare_python([Requirements(text="tiny==1.0")], None, on_line=silent), "tiny") == "1.0"


def test_the_cache_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(environments.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert environments.find_cache_folder() == tmp_path / "pushtrain"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert environments.find_cache_folder() == tmp_path / ".cache" / "pushtrain"


@pytest.mark.slow
def test_a_real_scikit_learn_is_installed_from_the_index() -> None:
    python = prepare_python([], ("sklearn", "1.2-1"), on_line=silent)
    program = "import sklearn, pandas, json; print(json.dumps(sklearn.__version__))"
    found = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout
    assert json.loads(found)


@pytest.mark.slow
def test_what_the_script_imports_of_the_image_is_installed_with_its_stand_ins(wheels: Path) -> None:
    wheel(wheels, "boto3", "1.5")
    modules = {"boto3", "sagemaker_training"}
    python = prepare_python([], ("sklearn", "1.2-1"), modules=modules, on_line=silent)
    assert version_of(python, "boto3") == "1.5"
    assert subprocess.run([str(python), "-c", "import sagemaker_training.environment"], check=True).returncode == 0
    assert prepare_python([], ("sklearn", "1.2-1"), on_line=silent) != python
