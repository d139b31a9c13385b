"""The start file of a step, run with this Python in a folder like that of an unpacked archive. pip is a fake one."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pushtrain.hashes import hash_bytes
from pushtrain.layout import START_FILE
from pushtrain.pushes import pushtrain_start
from pushtrain.workflow.script_mode import CODE_VARIABLE, EVALUATION_VARIABLE, MESSAGE_VARIABLE, SCRIPT_VARIABLE

FILE = Path(pushtrain_start.__file__)
SHOW = """
import json, os, sys
import shared
names = ("PYTHONPATH", "PUSHTRAIN_SCRIPT", "SM_USER_ENTRY_POINT", "SM_MODULE_NAME")
environment = {name: os.environ[name] for name in names if name in os.environ}
print(json.dumps({"argv": sys.argv, "cwd": os.getcwd(), "environment": environment}))
"""
# It says where it ran and what it was told to install, and fails if the file says so.
PIP = """
import os, sys
text = open(sys.argv[-1]).read()
print("pip", *sys.argv[1:], "in", os.path.basename(os.getcwd()), "->", text.strip(), flush=True)
sys.exit(3 if "missing" in text else 0)
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder `code` with the start file, a script at its root and one in a folder."""
    folder = tmp_path / "code"
    (folder / "prep").mkdir(parents=True)
    (folder / START_FILE).write_bytes(FILE.read_bytes())
    (folder / "shared.py").touch()
    (folder / "show.py").write_text(SHOW)
    (folder / "prep" / "show.py").write_text(SHOW)
    (tmp_path / "fakes" / "pip").mkdir(parents=True)
    (tmp_path / "fakes" / "pip" / "__init__.py").touch()
    (tmp_path / "fakes" / "pip" / "__main__.py").write_text(PIP)
    return folder


def start(code: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the start file; the lines with the packages are left out."""
    run = start_with_packages(code, *arguments, **variables)
    lines = [line for line in run.stdout.splitlines(keepends=True) if not line.startswith(pushtrain_start.PACKAGES)]
    run.stdout = "".join(lines)
    return run


def start_with_packages(code: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(code.parent / "fakes"), **variables}
    return subprocess.run(
        [sys.executable, *arguments], cwd=code, env=environment, capture_output=True, text=True, check=False
    )


def test_a_processing_script_gets_its_arguments_and_finds_the_modules_of_the_root(code: Path) -> None:
    run = start(code, START_FILE, "prep/show.py", "--rows", "a b", "")
    assert json.loads(run.stdout) == {
        "argv": ["prep/show.py", "--rows", "a b", ""],
        "cwd": str(code),
        "environment": {"PYTHONPATH": str(code)},
    }


def test_the_exit_code_is_that_of_the_script(code: Path) -> None:
    (code / "fails.py").write_text("raise SystemExit(7)")
    assert start(code, START_FILE, "fails.py").returncode == 7


@pytest.mark.parametrize(
    ("script", "requirements", "installed"),
    [
        ("show.py", {"": "root"}, "in code -> root"),
        ("prep/show.py", {"": "root"}, "in code -> root"),
        ("prep/show.py", {"": "root", "prep": "own"}, "in prep -> own"),
        ("show.py", {"": "root", "prep": "own"}, "in code -> root"),
    ],
)
def test_a_processing_script_gets_the_file_beside_it_else_that_of_the_root(
    code: Path, script: str, requirements: dict[str, str], installed: str
) -> None:
    for folder, text in requirements.items():
        (code / folder / "requirements.txt").write_text(text)
    first, second = start(code, START_FILE, script).stdout.splitlines()
    assert first == f"pip install -r requirements.txt {installed}"
    assert json.loads(second)["argv"] == [script]


def test_the_script_does_not_start_without_its_packages(code: Path) -> None:
    (code / "prep" / "requirements.txt").write_text("missing")
    run = start(code, START_FILE, "prep/show.py")
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        "InstallRequirementsError: pip could not install prep/requirements.txt (exit code 3)"
    ]
    assert run.stdout.splitlines() == ["pip install -r requirements.txt in prep -> missing"]


def test_nothing_is_installed_on_this_computer(code: Path) -> None:
    (code / "requirements.txt").write_text("missing")
    assert start(code, START_FILE, "show.py", PUSHTRAIN_ENVIRONMENT_READY="1").returncode == 0


def write_metadata(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).mkdir()


def test_the_installed_packages_are_printed_before_the_script_starts(code: Path) -> None:
    names = ("Tiny_Net-1.0+cu121.dist-info", "old.thing-2.0rc1-py3.7.egg-info", "no_version.egg-info", "net-1.0")
    write_metadata(code.parent / "fakes", *names)
    first, *_, last = start_with_packages(code, START_FILE, "show.py").stdout.splitlines()
    assert json.loads(last)["argv"] == ["show.py"]
    head, number, document = first.split(" ", 2)
    packages = json.loads(document)
    assert (head, number) == ("pushtrain-packages", "1/1")
    assert (packages["tiny-net"], packages["old-thing"]) == ("1.0+cu121", "2.0rc1")
    assert not packages.keys() & {"no-version", "net"}
    assert packages["pytest"] == pytest.__version__


def test_many_packages_need_several_lines(
    code: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_metadata(code, *(f"p{number}-1.dist-info" for number in range(5)))
    write_metadata(code.parent / "fakes", "p0-2.dist-info")
    monkeypatch.setattr(sys, "path", [str(code), str(code.parent / "fakes"), str(code / "missing.zip")])
    monkeypatch.setattr(pushtrain_start, "PACKAGES_PER_LINE", 2)
    pushtrain_start.print_packages()
    assert capsys.readouterr().out.splitlines() == [
        'pushtrain-packages 1/3 {"p0": "1", "p1": "1"}',
        'pushtrain-packages 2/3 {"p2": "1", "p3": "1"}',
        'pushtrain-packages 3/3 {"p4": "1"}',
    ]


def test_packages_are_not_printed_on_this_computer(code: Path) -> None:
    run = start_with_packages(code, START_FILE, "show.py", PUSHTRAIN_ENVIRONMENT_READY="1")
    assert "pushtrain-packages" not in run.stdout


@pytest.mark.parametrize("program", [(START_FILE,), ("-m", START_FILE.removesuffix(".py"))])
def test_a_training_script_gets_only_the_file_beside_it_and_the_variables_of_the_toolkit(
    code: Path, program: tuple[str, ...]
) -> None:
    """The toolkit starts the file both ways, and has installed the requirements.txt of the root before."""
    (code / "requirements.txt").write_text("root")
    toolkit = {"SM_USER_ENTRY_POINT": START_FILE, "SM_MODULE_NAME": "pushtrain_start", SCRIPT_VARIABLE: "prep/show.py"}
    path = os.pathsep.join((str(code), str(code.parent / "fakes")))
    run = start(code, *program, "--lr", "0.1", **toolkit, PYTHONPATH=path)
    assert json.loads(run.stdout) == {
        "argv": ["prep/show.py", "--lr", "0.1"],
        "cwd": str(code),
        "environment": {"PYTHONPATH": path, "SM_USER_ENTRY_POINT": "prep/show.py", "SM_MODULE_NAME": "prep/show"},
    }
    (code / "prep" / "requirements.txt").write_text("own")
    first, _ = start(code, *program, **toolkit, PYTHONPATH=path).stdout.splitlines()
    assert first == "pip install -r requirements.txt in prep -> own"


WRITE = """
import os, sys
assert not [name for name in os.environ if name.startswith("PUSHTRAIN_")]
folder, message, files, own, code = sys.argv[1:]
for name in files.split():
    open(os.path.join(folder, name), "w").write(name)
if own:
    os.makedirs(os.path.dirname(message))
    open(message, "w").write(own)
sys.exit(int(code))
"""
NAMES = ("evaluation.json", "plots.json", "request_predictions.csv", "request_features.csv")
EVALUATION, PLOTS, PREDICTIONS, FEATURES = (f"{name}={hash_bytes(name.encode())}" for name in NAMES)


@pytest.mark.parametrize(
    ("files", "own", "exit_code", "message"),
    [
        ("evaluation.json", "", 0, f"pushtrain-files: {EVALUATION}\n"),
        ("evaluation.json plots.json other.json", "", 0, f"pushtrain-files: {EVALUATION} {PLOTS}\n"),
        ("request_predictions.csv predictions.csv", "", 0, f"pushtrain-files: {PREDICTIONS}\n"),
        ("request_features.csv features.csv", "", 0, f"pushtrain-files: {FEATURES}\n"),
        ("plots.json", "42 rows · 행", 0, f"pushtrain-files: {PLOTS}\n42 rows · 행"),
        ("", "42 rows", 0, "42 rows"),
        ("", "", 0, None),
        ("evaluation.json", "no luck", 7, "no luck"),
    ],
)
def test_the_job_of_the_evaluation_tells_sagemaker_what_its_script_wrote(
    code: Path, files: str, own: str, exit_code: int, message: str | None
) -> None:
    folder, target = code.parent / "evaluation", code.parent / "output" / "message"
    folder.mkdir()
    (code / "write.py").write_text(WRITE)
    variables = {EVALUATION_VARIABLE: str(folder), MESSAGE_VARIABLE: str(target)}
    run = start(code, START_FILE, "write.py", str(folder), str(target), files, own, str(exit_code), **variables)
    assert run.returncode == exit_code, run.stderr
    assert (target.read_text(encoding="utf-8") if target.exists() else None) == message


TRAIN = """
import os, shutil, sys
assert not [name for name in os.environ if name.startswith("PUSHTRAIN_")]
shutil.rmtree("features/__pycache__", ignore_errors=True)
import features
open("features/__init__.py", "a").write("changed")
model, exit_code = os.environ["SM_MODEL_DIR"], int(sys.argv[1])
assert not os.listdir(model)
os.makedirs(os.path.join(model, "code"))
for name in ("inference.py", "own.py"):
    open(os.path.join(model, "code", name), "w").write("of the script")
sys.exit(exit_code)
"""


def train(code: Path, entries: list[str] | str, exit_code: int = 0) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Let the start file train with inference code. Return its run, and code/ of the model."""
    for name in ("serving", "features/나무"):
        (code / name).mkdir(parents=True, exist_ok=True)
    for path in ("serving/inference.py", "serving/requirements.txt", "features/__init__.py", "features/나무/잎.txt"):
        (code / path).write_text(f"# {path}\n", encoding="utf-8")
    (code / "train.py").write_text(TRAIN)
    model = code.parent / "model"
    model.mkdir()
    variables = {SCRIPT_VARIABLE: "train.py", CODE_VARIABLE: json.dumps(entries), "SM_MODEL_DIR": str(model)}
    return start(code, START_FILE, str(exit_code), **variables), model / "code"


def read_files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.*")}


def test_listed_entries_go_into_the_model_by_their_last_name_as_they_were_before_the_script(code: Path) -> None:
    run, target = train(code, ["serving/inference.py", "features"])
    assert (run.returncode, run.stdout) == (
        0,
        "code/inference.py of the script is replaced: register.inference.code names it\n",
    )
    assert read_files(target) == {
        "inference.py": "# serving/inference.py\n",
        "own.py": "of the script",
        "features/__init__.py": "# features/__init__.py\n",
        "features/나무/잎.txt": "# features/나무/잎.txt\n",
    }


def test_what_is_in_a_folder_goes_into_the_model(code: Path) -> None:
    (code / "requirements.txt").write_text("root")  # the toolkit has installed it
    run, target = train(code, "serving")
    assert run.returncode == 0
    assert "pip" not in run.stdout
    assert sorted(read_files(target)) == ["inference.py", "own.py", "requirements.txt"]
    assert read_files(target)["requirements.txt"] == "# serving/requirements.txt\n"


def test_a_script_that_fails_gets_no_inference_code(code: Path) -> None:
    run, target = train(code, "serving", exit_code=7)
    assert run.returncode == 7
    assert sorted(read_files(target)) == ["inference.py", "own.py"]


def test_a_job_that_is_stopped_passes_the_signal_on(code: Path, tmp_path: Path) -> None:
    (code / "waits.py").write_text("import time\nprint('ready', flush=True)\ntime.sleep(60)")
    variables = {EVALUATION_VARIABLE: str(tmp_path), MESSAGE_VARIABLE: str(tmp_path / "message")}
    environment = {"PATH": os.environ["PATH"], **variables}
    command = [sys.executable, START_FILE, "waits.py"]
    with subprocess.Popen(command, cwd=code, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("pushtrain-packages 1/")
        assert "ready\n" in iter(process.stdout.readline, "")
        process.terminate()
        assert process.wait(timeout=30) == 128 + signal.SIGTERM


def test_the_file_is_python_3_6_and_uses_the_standard_library_only() -> None:
    """The oldest images have it. ast checks the grammar; no newer name of a module is used."""
    tree = ast.parse(FILE.read_bytes(), feature_version=(3, 6))
    imports = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)}
    modules = ("hashlib", "json", "os", "re", "signal", "subprocess", "sys")
    types = "from typing import Dict, Iterator, List, Tuple, Union"
    assert imports == {*(f"import {module}" for module in modules), types}


IMPORTED = """
import os, pkgutil, runpy, sys
before = set(sys.modules)
os.execv = lambda *_: sys.exit(" ".join(set(sys.modules) - before))
sys.argv = [sys.argv[1], "show.py"]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_a_job_that_needs_no_further_module_imports_none(code: Path) -> None:
    """json, re, subprocess and hashlib would take twice as long as the start of Python, in each job."""
    command = [sys.executable, "-c", IMPORTED, START_FILE]
    ready = {pushtrain_start.READY: "1"}
    process = subprocess.run(command, cwd=code, env=ready, capture_output=True, text=True, check=False)
    assert process.stderr == "\n"
