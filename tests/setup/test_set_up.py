"""`make demo` and `make test` install what the lock names, with the oldest and the newest pip, with uv and without.

The index is a folder of made-up packages in which a newer release of a transitive requirement has been published, so
that whatever resolves instead of installing the lock takes the wrong version or stops.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pushtrain.local.container import installer
from scripts import set_up

ROOT = Path(__file__).parents[2]
UV = importlib.metadata.distribution("uv")
UV_PROGRAM = str(installer.find_uv())
SetUp = Callable[[], Path]

pytestmark = pytest.mark.slow


def wheel(folder: Path, name: str, version: str, *metadata: str) -> str:
    """Write a wheel of one module. Returns its line for a lock."""
    file, info = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", f"__version__ = {version!r}\n")
        lines = ("Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata)
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return locked(file, name, version)


def uv_wheel(folder: Path) -> str:
    """Write a wheel of a uv that starts the installed one, which has 38 MB. Returns its line for a lock."""
    program = zipfile.ZipInfo(f"uv-{UV.version}.data/scripts/uv")
    program.external_attr = 0o100755 << 16
    file, info = folder / f"uv-{UV.version}-py3-none-any.whl", f"uv-{UV.version}.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(program, f'#!/bin/sh\nexec "{UV_PROGRAM}" "$@"\n')
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: uv\nVersion: {UV.version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return locked(file, "uv", UV.version)


def locked(file: Path, name: str, version: str) -> str:
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="session")
def pips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheels of pip: the oldest that a supported Python brings, the one of this Python, and the newest there is."""
    wheels = {"bundled": installer.find_bundled_wheels()[0]}
    for name, words in {"oldest": ["-r", "tests/setup/oldest-pip.lock"], "newest": ["pip"]}.items():
        folder = tmp_path_factory.mktemp(name)
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *words]
        subprocess.run(download, cwd=ROOT, check=True)
        wheels[name] = next(folder.glob("pip-*.whl"))
    return wheels


@pytest.fixture(scope="session")
def unpack_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Sequence[str]]:
    """Unpack each wheel of pip once, because its first start compiles it, which takes a second."""
    unpack = installer.unpack_pip
    return functools.cache(lambda pip_wheel: unpack(pip_wheel, tmp_path_factory.mktemp("pip")))


@pytest.fixture(params=["oldest", "bundled", "newest"])
def pip(request: pytest.FixtureRequest, pips: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(installer, "find_bundled_wheels", lambda: (pips[request.param],))
    return pips[str(request.param)]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unpack_once: Callable[[Path], Sequence[str]]) -> Path:
    """`main` 1.0 requires an extra of `part`, which is locked at 1.0 and published as 2.0 too."""
    folder = tmp_path / "이름 with spaces"  # of the environment; no pip can be told of an index with spaces
    folder.mkdir()
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setattr(installer, "find_uv", lambda: None)  # that of the tests' own environment
    monkeypatch.setattr(installer, "unpack_pip", lambda pip_wheel, folder: unpack_once(pip_wheel))
    lines = [wheel(wheels, "main", "1.0", "Requires-Dist: part[more]>=1.0")]
    for version in ("2.0", "1.0"):
        line = wheel(wheels, "part", version, "Provides-Extra: more", "Requires-Dist: other; extra == 'more'")
    lines += [line, wheel(wheels, "other", "1.0")]
    (tmp_path / "requirements.lock").write_text("".join(lines), encoding="utf-8")
    return wheels


@pytest.fixture
def install(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    """Do what the Makefile does. Returns the Python of the environment."""
    monkeypatch.setattr(set_up, "UV_LOCK", tmp_path / "uv.lock")
    (tmp_path / "uv.lock").write_text("uv==0.0.1 \\\n    --hash=sha256:" + 64 * "0" + "\n")

    def install() -> Path:
        folder = tmp_path / "이름 with spaces" / "venv"
        monkeypatch.setattr(sys, "argv", ["set_up", str(folder), str(tmp_path / "requirements.lock")])
        set_up.main()
        return folder / "bin" / "python"

    return install


@pytest.fixture
def offers_uv(index: Path, install: SetUp, tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(uv_wheel(index))


def versions(python: Path) -> str:
    program = "import main, part, other; print(main.__version__, part.__version__, other.__version__)"
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_the_index_defeats_what_resolves(
    index: Path, pips: dict[str, Path], unpack_once: Callable[[Path], Sequence[str]], tmp_path: Path
) -> None:
    """The install that `make` once ran, with the oldest pip: it stops at the newer release."""
    command = [sys.executable, *unpack_once(pips["oldest"]), "install", "--require-hashes"]
    command += ["--target", str(tmp_path / "t"), "-r", str(tmp_path / "requirements.lock")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "all requirements must have their versions pinned with ==" in ended.stderr


def test_pip_installs_the_lock(pip: Path, install: SetUp, capfd: pytest.CaptureFixture[str]) -> None:
    assert versions(install()) == "1.0 1.0 1.0"
    assert "set-up: uv could not be installed; pip installs the rest" in capfd.readouterr().out


def test_uv_installs_the_lock(pip: Path, install: SetUp, offers_uv: None, capfd: pytest.CaptureFixture[str]) -> None:
    python = install()
    assert versions(python) == "1.0 1.0 1.0"
    assert subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    shown = capfd.readouterr().out
    assert re.fullmatch(
        r"set-up: installing 3 packages of requirements\.lock into venv\nset-up: venv is ready after \d+ s\n", shown
    )


def test_a_complete_environment_is_left_alone_and_another_lock_is_installed_in_place(
    install: SetUp, offers_uv: None, index: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    python = install()
    mine = python.parent / "mine"
    mine.touch()
    capfd.readouterr()
    install()
    assert capfd.readouterr().out == ""
    lock = tmp_path / "requirements.lock"
    others = [entry for entry in re.split(r"^(?=\w)", lock.read_text(), flags=re.MULTILINE) if entry[:4] != "part"]
    lock.write_text("".join([*others, wheel(index, "part", "3.0")]))
    assert versions(install()) == "1.0 3.0 1.0"
    assert mine.exists()


def test_an_interrupted_set_up_starts_anew(install: SetUp, offers_uv: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(set_up.Environment, "install_locked", interrupt)
        with pytest.raises(SystemExit, match=r"set-up: interrupted\. The same command starts it again"):
            install()
    half = Path(sys.argv[1], "bin", "half")
    half.touch()
    assert versions(install()) == "1.0 1.0 1.0"
    assert not half.exists()


def test_a_wrong_hash_is_refused_by_both(install: SetUp, offers_uv: None, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", lock.read_text()))
    with pytest.raises(SystemExit) as error:
        install()
    assert "set-up: the packages of requirements.lock could not be installed: " in str(error.value)
    assert not (tmp_path / "이름 with spaces" / "venv" / ".ready").exists()


def test_an_index_out_of_reach_is_said_at_once(install: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(SystemExit) as error:
        install()
    assert re.fullmatch(
        r"set-up: pip cannot download: No matching distribution found for uv==0\.0\.1.*\. "
        r"Check the network and pip's configuration \(pip config list: index-url, proxy, cert\), then try again",
        str(error.value),
    )


def test_the_second_of_two_waits_even_for_the_installer_of_a_killed_first(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from scripts import set_up\n"
        "with set_up.locked(pathlib.Path(sys.argv[1])) as handle:\n"
        "    environment = set_up.Environment(pathlib.Path(sys.argv[1]), sys.executable, handle)\n"
        "    print('locked', flush=True)\n"
        "    environment._run(set_up.Command(argv=('sleep', '2'), environment={'PATH': '/usr/bin:/bin'}))\n"
    )
    folder = tmp_path / "venv"
    start = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(start, cwd=ROOT, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "locked\n"
        began = time.monotonic()
        time.sleep(0.3)
        first.send_signal(signal.SIGKILL)
    second = subprocess.run(start, cwd=ROOT, capture_output=True, text=True, check=True)
    assert second.stdout == "set-up: another process sets up venv; waiting for it\nlocked\n"
    assert time.monotonic() - began > 3


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("demo", "-m scripts.set_up NEW requirements-demo.lock --project --stamp .demo"),
        ("test", "-m scripts.set_up NEW requirements.lock --project"),
        ("check-infra", "-m scripts.set_up build/checkov infra/checkov.lock"),
    ],
)
def test_make_installs_by_nothing_else(target: str, command: str) -> None:
    make = ["make", "--dry-run", "--always-make", target, "VENV=NEW"]
    lines = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert any(line.endswith(command) for line in lines)
    assert not [line for line in lines if "pip install" in line]


def test_the_demo_has_the_versions_of_the_whole_lock() -> None:
    demo, whole = (set(re.findall(r"^\w.*==.*$", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS)
    assert demo <= whole
    names = {line.partition("==")[0] for line in demo}
    assert {"moto", "setuptools", "uv"} <= names
    assert not {"aws-cdk-lib", "mypy", "pytest", "ruff", "sagemaker", "sphinx"} & names


LOCKS = ("requirements-demo.lock", "requirements.lock")


def test_the_supported_pythons_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (major, minor), oldest = set_up.NEWEST, ".".join(map(str, set_up.OLDEST))
    assert project["requires-python"] == f">={oldest},<{major}.{minor + 1}"
