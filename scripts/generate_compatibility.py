"""Write the table of docs/compatibility.md from the cases in benchmarks/public_scripts/.

In: the cases. Out: the rows between two marks of the page; the text around them is written by hand.
Usage: `python -m scripts.generate_compatibility`. `python -m scripts.public_scripts CLONES` tries the cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.public_scripts import FAILS, Case, read_cases

TARGET = Path(__file__).resolve().parent.parent / "docs" / "compatibility.md"
START, END = "<!-- cases: generated -->\n", "<!-- end of the cases -->\n"
COMMIT_LENGTH = 10


def build_page(page: str, cases: Sequence[Case]) -> str:
    """Return the page with the rows of these cases."""
    before, _, rest = page.partition(START)
    return before + START + "".join(_list_lines(cases)) + END + rest.partition(END)[2]


def _list_lines(cases: Sequence[Case]) -> Iterator[str]:
    """Yield the tables: the cases that run, then those that do not."""
    for title, listed in (
        ("Run", [case for case in cases if case.outcome != FAILS]),
        ("Do not run", [case for case in cases if case.outcome == FAILS]),
    ):
        yield f"\n## {title}: {len(listed)}\n\n"
        yield "| scripts | commit | what kind | config.yaml | outcome |\n|---|---|---|---|---|\n"
        for case in listed:
            yield _build_row(case)
        yield "\n"


def _build_row(case: Case) -> str:
    source = f"[{case.repository}]({case.source}) `{case.folder.strip() or '.'}`"
    config = f"[{case.name}](../benchmarks/public_scripts/{case.name}.yaml)"
    outcome = case.reason if case.outcome == FAILS else case.outcome.replace("_", " ")
    option = " (`--match-image`)" if case.match_image else ""
    return f"| {source} | `{case.commit[:COMMIT_LENGTH]}` | {case.style} | {config} | {outcome}{option} |\n"


if __name__ == "__main__":
    TARGET.write_text(build_page(TARGET.read_text("utf-8"), read_cases()), encoding="utf-8")
