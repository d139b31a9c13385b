"""The view of the file system that a program gets, and the paths that are rewritten, for each strategy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.container import process, sandbox
from pushtrain.local.container.sandbox import Sandbox

NOBODY = 65534


PATH = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}


as_root = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root to become nobody")


def by_paths(folder: Path) -> Sandbox:
    return Sandbox(strategy="paths", flags=(), folder=folder)


def test_an_unknown_strategy_names_the_known_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(sandbox.VARIABLE, "docker")
    with pytest.raises(LocalError) as raised:
        sandbox.create_sandbox(tmp_path)
    assert str(raised.value) == "PUSHTRAIN_SANDBOX=docker: expected one of root, user, paths"


def test_a_strategy_that_does_not_work_here_is_not_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(sandbox.VARIABLE, "user")
    monkeypatch.setattr(sandbox, "_works", lambda strategy, flags: strategy == "paths")
    sandbox._choose_strategy.cache_clear()
    try:
        with pytest.raises(LocalError) as raised:
            sandbox.create_sandbox(tmp_path)
        assert (
            str(raised.value)
            == "PUSHTRAIN_SANDBOX=user does not work on this computer; unset it, and pushtrain chooses one that works"
        )
        monkeypatch.delenv(sandbox.VARIABLE)
        assert sandbox.create_sandbox(tmp_path).strategy == "paths"
    finally:
        sandbox._choose_strategy.cache_clear()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/opt/ml/model", "/job/ml/model"),
        ("--dir=/opt/ml", "--dir=/job/ml"),
        ("/opt/ml:/opt/ml/code", "/job/ml:/job/ml/code"),
        ("/opt/mlflow /opt/ml-old /opt/ml.bak", "/opt/mlflow /opt/ml-old /opt/ml.bak"),
    ],
)
def test_only_the_path_itself_is_rewritten(text: str, expected: str) -> None:
    assert by_paths(Path("/job")).rewrite(text) == expected


@pytest.mark.parametrize("path", ["/opt/ml/../x", "/etc", "relative", "/opt/mlx"])
def test_a_path_outside_is_no_path_of_a_job(path: str) -> None:
    with pytest.raises(ValueError, match="subpath"):
        by_paths(Path("/job")).local_path(path)


def test_a_folder_with_a_space_survives_a_shell_line(tmp_path: Path) -> None:
    view = by_paths(tmp_path / "a 'b' $HOME")
    view.local_path("/opt/ml/code").mkdir(parents=True)
    lines: list[str] = []
    argv = view.wrap(["/bin/sh", "-ec", 'cd /opt/ml/code && pwd && echo "$1"', "sh", "/opt/ml"], "/opt/ml")
    program_exit = process.run(argv, environment=PATH, cwd=tmp_path, stop=threading.Event(), on_line=lines.append)
    assert program_exit.exit_code == 0
    assert lines == [f"{view.root}/code", view.root]


@pytest.fixture
def of_nobody() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="pushtrain-nobody-"))
    for name in ("ml", "opt"):
        (folder / name).mkdir()
    for path in (folder, folder / "ml", folder / "opt"):
        os.chown(path, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@as_root
@pytest.mark.parametrize("flags", sandbox.FLAGS["user"])
def test_a_plain_user_gets_opt_ml_and_owns_what_it_writes(of_nobody: Path, flags: tuple[str, ...]) -> None:
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if subprocess.run([*become, "unshare", *flags, "true"], check=False, capture_output=True).returncode:
        pytest.skip("user namespaces are forbidden here")
    view = Sandbox(strategy="user", flags=flags, folder=of_nobody)
    work = 'mkdir /opt/ml/code && echo "$PWD" >/opt/ml/code/cwd && ls /opt'
    lines: list[str] = []
    program_exit = process.run(
        [*become, *view.wrap(["/bin/sh", "-c", work], "/opt/ml")],
        environment=PATH,
        cwd=Path("/"),
        stop=threading.Event(),
        on_line=lines.append,
    )
    assert program_exit.exit_code == 0, lines
    assert sorted({*lines, "ml"}) == sorted({*os.listdir("/opt"), "ml"})  # noqa: PTH208 - names are what is compared
    file = of_nobody / "ml" / "code" / "cwd"
    assert file.read_text() == "/opt/ml\n"
    assert file.stat().st_uid == NOBODY


IN_OPT = """
import os, sys, threading
from pathlib import Path
from pushtrain.local.container import process, sandbox
project = Path("/opt", sys.argv[1])
folder = project / "job"
folder.mkdir(parents=True)
view = sandbox.create_sandbox(folder)
work = f"echo made >made; ls -A /opt; cat '{project}/data' /opt/file '/opt/an odd name/data'; readlink /opt/link"
argv = view.wrap(["/bin/sh", "-ec", work], "/opt/ml")
process.run(argv, environment=dict(os.environ), cwd=folder, stop=threading.Event(), on_line=print)
print((folder / "ml" / "made").read_text().strip(), *sorted(os.listdir("/opt")), sep=",")
"""
STAGE = """
mount -t tmpfs t /opt && cd /opt && ln -s /x link && echo text >file
mkdir "$1" 'an odd name' && echo data >"$1/data" && echo odd >'an odd name/data' && shift
"""


@as_root
@pytest.mark.parametrize("project", ["project", "my project"])
@pytest.mark.parametrize("strategy", ["root", "user"])
@pytest.mark.parametrize("has_ml", [False, True])
def test_a_project_that_lies_in_opt_itself_stays_in_sight(strategy: str, has_ml: bool, project: str) -> None:
    stage = f'set -e\n{STAGE}{"mkdir ml" if has_ml else ""}\nexec "$@"'
    argv = ["unshare", "--mount", "/bin/sh", "-c", stage, "sh", project, sys.executable, "-c", IN_OPT, project]
    environment = {**os.environ, sandbox.VARIABLE: strategy}
    ran = subprocess.run(argv, env=environment, check=False, capture_output=True, text=True)
    if "PUSHTRAIN_SANDBOX" in ran.stderr or "unshare" in ran.stderr:
        pytest.skip(f"{strategy} does not work here")
    names = ["an odd name", "file", "link", "ml", project]
    entries = ",".join(sorted(names if has_ml else {*names} - {"ml"}))
    assert ran.stdout.splitlines() == [*sorted(names), "data", "text", "odd", "/x", f"made,{entries}"], ran.stderr


def test_a_program_that_cannot_be_found_is_127(tmp_path: Path) -> None:
    view = sandbox.create_sandbox(tmp_path)
    lines: list[str] = []
    argv = view.wrap(["no-such-program"], "/opt/ml")
    program_exit = process.run(argv, environment=PATH, cwd=tmp_path, stop=threading.Event(), on_line=lines.append)
    assert program_exit.exit_code == 127
    assert "not found" in lines[-1]
