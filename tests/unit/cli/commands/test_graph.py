"""`graph`: the format, and the file that -o names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.cli import program, run_command

REPO = Path(__file__).parents[4] / "model_repos" / "breast-cancer"


def graph(*words: object) -> int:
    return run_command(lambda: program.main(["graph", str(REPO), *map(str, words)], standalone_mode=False))


def test_the_ending_of_the_file_chooses_the_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert graph("-o", tmp_path / "그림.svg") == 0
    assert ">train<" in (tmp_path / "그림.svg").read_text("utf-8")
    assert graph("-o", tmp_path / "g.dot") == 0
    assert (tmp_path / "g.dot").read_text("utf-8").startswith("digraph")
    assert capsys.readouterr().out == ""
    assert graph() == 0
    assert capsys.readouterr().out.startswith("flowchart TD\n")
    assert graph("-o", tmp_path / "g.png") == 2
    refused = f"{tmp_path}/g.png: which format is .png? Those drawn are .mmd, .md, .dot, .gv, .svg; or add --format\n"
    assert capsys.readouterr().err == refused
    assert graph("-o", tmp_path / "no" / "g.svg") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_drawing_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "g.svg"
    file.write_text("an older drawing")
    write = Path.write_text

    def interrupted(self: Path, text: str, **more: str) -> int:
        write(self, text[:10], **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", interrupted)
    assert graph("-o", file) == 130
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("g.svg", "an older drawing")]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices here")
def test_what_is_no_file_is_written_to_as_it_is() -> None:
    assert graph("-o", "/dev/null") == 0
    assert Path("/dev/null").is_char_device()
