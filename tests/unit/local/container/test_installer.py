"""Command lines of uv and pip: pip prints its settings, and uv gets no others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pushtrain.local.container import installer
from pushtrain.local.container.pip_settings import read_pip_settings, translate


def test_pip_itself_prints_what_is_read_here(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://one.example\nextra-index-url =\n  https://a\n  https://b'c\n")
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    environment |= {"PIP_CONFIG_FILE": str(file), "PIP_FIND_LINKS": "/wheels", "PIP_NO_INDEX": "yes"}
    command = installer.build_pip_settings_command(Path(sys.executable), environment)
    shown = subprocess.run(command.argv, env=command.environment, capture_output=True, text=True, check=True).stdout
    settings = read_pip_settings(shown)
    assert settings["index-url"] == "https://one.example"
    assert settings["extra-index-url"].split() == ["https://a", "https://b'c"]
    assert (settings["find-links"], settings["no-index"]) == ("/wheels", "yes")
    assert translate(settings, environment).untranslated == ()


def test_uv_gets_no_setting_of_its_own_but_its_cache() -> None:
    environment = {"UV_DEFAULT_INDEX": "https://other", "UV_CACHE_DIR": "/cache", "VIRTUAL_ENV": "/v", "PATH": "/bin"}
    settings = translate({}, environment)
    command = installer.build_uv_install(Path("/uv"), Path("/python"), settings, environment, ["tiny"])
    assert command.argv == ("/uv", "pip", "install", "--no-progress", "--python", "/python", "tiny")
    assert {name: command.environment.get(name) for name in environment} == {
        "UV_DEFAULT_INDEX": None,
        "UV_CACHE_DIR": "/cache",
        "VIRTUAL_ENV": None,
        "PATH": "/bin",
    }


def test_this_python_brings_the_wheel_of_pip() -> None:
    assert [wheel.name.partition("-")[0] for wheel in installer.find_bundled_wheels()][:1] == ["pip"]


def test_the_pip_of_this_python_runs_in_another_one(tmp_path: Path) -> None:
    """Its settings are those of the other environment, which needs no pip of its own."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    subprocess.run(
        installer.build_venv_command(sys.executable, tmp_path, environment, "--without-pip").argv, check=True
    )
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://of.this.environment\n")
    command = installer.build_pip_settings_command(
        tmp_path / "bin" / "python", {**environment, "PIP_CONFIG_FILE": "none"}, pip=installer.find_own_pip()
    )
    shown = subprocess.run(command.argv, env=command.environment, capture_output=True, text=True, check=True).stdout
    assert read_pip_settings(shown)["index-url"] == "https://of.this.environment"


def test_an_unpacked_wheel_of_pip_installs_the_bundled_wheels(tmp_path: Path) -> None:
    environment = {**os.environ, "PIP_NO_BINARY": ":all:"}  # nobody's configuration counts
    folder = tmp_path / "environment"
    subprocess.run(installer.build_venv_command(sys.executable, folder, environment, "--without-pip").argv, check=True)
    pip = installer.unpack_pip(installer.find_bundled_wheels()[0], tmp_path / "unpacked")
    seed = installer.build_pip_seed(folder / "bin" / "python", environment, pip=pip)
    assert subprocess.run(seed.argv, env=seed.environment, check=False).returncode == 0
    assert (folder / "bin" / "pip").exists()


def test_a_python_without_pip_has_none_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert installer.find_own_pip() == ()
