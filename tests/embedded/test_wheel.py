"""The wheel, installed away from the checkout, does the main job."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAIN = Path(__file__).parent / "repos" / "plain"
pytestmark = [pytest.mark.slow, pytest.mark.wheel]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """bin/ of an environment with pushtrain from its wheel; the dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    (packages,) = (folder / "env").glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    install = [sys.executable, "-m", "pip", "--python", str(folder / "env"), "install", "--no-deps", "--no-index"]
    subprocess.run([*install, "--force-reinstall", str(wheel)], check=True, capture_output=True)
    return folder / "env" / "bin"


def run(binaries: Path, folder: Path, *words: str) -> str:
    """stdout of a command typed in `folder`, with nothing of the checkout in sight."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PUSHTRAIN"))}
    done = subprocess.run(
        [str(binaries / "pushtrain"), *words],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_the_code_that_runs_is_the_wheels(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "python"), "-c", "import pushtrain, pushtrain_templates; print(pushtrain.__file__)"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert str(installed.parent) in done.stdout


def test_a_model_is_trained_registered_and_approved_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    repo = shutil.copytree(PLAIN, tmp_path / "a model repo")
    assert "plain is valid" in run(installed, tmp_path, "validate", str(repo))
    document = json.loads(run(installed, tmp_path, "run", str(repo), "--json"))
    assert (document["outcome"], document["model_version"]) == ("registered", 1)
    assert "approved" in run(installed, tmp_path, "models", "approve", "plain", "1", "--local")
    (listed,) = json.loads(run(installed, tmp_path, "models", "list", "--local", "--json"))
    assert listed["status"] == "Approved"


def test_a_starter_comes_whole_with_the_wheel(installed: Path, tmp_path: Path) -> None:
    for starter in ("sklearn", "xgboost", "pytorch", "huggingface"):
        document = json.loads(run(installed, tmp_path, "init", starter, "--starter", starter, "--json"))
        source = ROOT / "src" / "pushtrain" / "starters" / starter
        files = [path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        shipped = {path.relative_to(source).as_posix() for path in files}
        assert set(document["files"]) == shipped | {".pushtrain-schema.json"}
        assert f"{starter} is valid" in run(installed, tmp_path, "validate", starter)
