"""Which requirements.txt a script gets, and when the files beside it decide what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.local.container.requirements import Requirements, find_requirements, read_requirements


def test_the_file_beside_the_script_comes_before_that_of_the_root(tmp_path: Path) -> None:
    assert find_requirements(tmp_path, "prep/run.py") == ""
    (tmp_path / "requirements.txt").touch()
    assert find_requirements(tmp_path, "prep/run.py") == "requirements.txt"
    (tmp_path / "prep").mkdir()
    (tmp_path / "prep" / "requirements.txt").touch()
    assert find_requirements(tmp_path, "prep/run.py") == "prep/requirements.txt"
    assert find_requirements(tmp_path, "run.py") == find_requirements(tmp_path, "") == "requirements.txt"


@pytest.mark.parametrize(
    "text", ["", "# -r base.txt", "pandas==2.2 ; python_version > '3.8'", "tool @ https://x/tool-1.whl", "a/b"]
)
def test_most_files_name_no_other_files(tmp_path: Path, text: str) -> None:
    (tmp_path / "requirements.txt").write_text(text)
    assert read_requirements(tmp_path, "requirements.txt") == Requirements(text=text)


@pytest.mark.parametrize(
    "line", ["-r base.txt", "--constraint=c.txt", "-e .", "./x.whl", "/x.whl", "vendor/x-1.whl", "x @ file:x.whl"]
)
def test_a_file_that_names_others_depends_on_all_code(tmp_path: Path, line: str) -> None:
    (tmp_path / "prep").mkdir()
    (tmp_path / "prep" / "requirements.txt").write_text(f"pandas\n{line}\n")
    first = read_requirements(tmp_path, "prep/requirements.txt")
    assert first.folder == tmp_path / "prep"
    (tmp_path / "base.txt").touch()
    assert read_requirements(tmp_path, "prep/requirements.txt").code_hash != first.code_hash
