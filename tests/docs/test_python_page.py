"""The examples of docs/python.md print what the page shows."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import pytest

import pushtrain
from tests.docs.pages import ROOT, blocks, inline_code

PAGE = ROOT / "docs" / "python.md"
PLAIN = ROOT / "tests" / "embedded" / "repos" / "plain"
EXAMPLES = [block for block in blocks(PAGE) if block.language == "python"]


@pytest.mark.slow
def test_the_examples_print_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Path(shutil.copytree(PLAIN, "churn"), "config.yaml")
    config.write_text(config.read_text(encoding="utf-8").replace("model: plain", "model: churn"), encoding="utf-8")
    text = "\n".join(block.text for block in EXAMPLES if "aws" not in block.marks)
    test = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    report: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert (results.failed, "".join(report)) == (0, "")
    assert results.attempted > 10


def test_examples_that_need_aws_are_python() -> None:
    texts = [block.text for block in EXAMPLES if "aws" in block.marks]
    assert texts
    for text in texts:
        compile(text, str(PAGE), "exec")


def test_every_function_in_the_tables_exists() -> None:
    names = {text.partition("(")[0] for text in inline_code(PAGE) if "(platform" in text}
    assert {"list_runs", "approve_version"} <= names
    for name in names:
        assert name in {*pushtrain.runs.__all__, *pushtrain.models.__all__}
