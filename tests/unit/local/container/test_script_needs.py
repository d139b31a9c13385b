"""What a training script needs: requirements.txt at the root, then the one beside it, and what it imports."""

from __future__ import annotations

from pathlib import Path

from pushtrain.local.container.script_needs import read_training_needs


def test_both_requirements_and_the_imports_count(tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "requirements.txt").write_text("a\n")
    (tmp_path / "steps" / "requirements.txt").write_text("b\n")
    (tmp_path / "steps" / "train.py").write_text("import pandas\n")
    (tmp_path / "main.py").write_text("import numpy\n")
    needs = read_training_needs(tmp_path, "steps/train.py")
    assert [file.text for file in needs.requirements] == ["a\n", "b\n"]
    assert needs.modules == {"pandas"}
    at_root = read_training_needs(tmp_path, "main.py")
    assert (at_root, [file.text for file in at_root.requirements]) == (
        read_training_needs(tmp_path, "", "main.py"),
        ["a\n"],
    )
    (tmp_path / "requirements.txt").unlink()
    assert read_training_needs(tmp_path, "main.py").requirements == ()
