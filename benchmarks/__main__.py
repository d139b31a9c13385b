"""Run all measurements and rewrite docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from benchmarks import (
    bundle,
    bursts,
    candidates,
    commands,
    compiling,
    iteration,
    listing,
    many_files,
    many_models,
    overhead,
    reports,
    reuse,
    scarcity,
    setup,
)

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> None:
    """Measure, print the tables and write them to the page."""
    computer = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = ["# Benchmarks", "", f"Made by `make bench` on {computer}.", ""]
    for title, rows in (
        ("From a clone to a registered model", setup.measure()),
        ("`pushtrain run` on breast-cancer", overhead.measure()),
        ("A change of train.py in arrival-time", iteration.measure()),
        ("Candidates", candidates.measure()),
        ("Many small files", many_files.measure()),
        ("Commands, whole process", commands.measure()),
        ("Many models", many_models.measure()),
        ("A million objects of data", listing.measure()),
        ("Compiling", compiling.measure()),
        ("Reuse", reuse.measure()),
        ("Bursts", bursts.measure()),
        ("Scarce instances", scarcity.measure()),
        ("Reports of 1,000 versions", reports.measure()),
        ("The Lambda's code (`make bundle`)", bundle.measure()),
    ):
        lines += [f"## {title}", "", "| what | measured | note |", "|---|---|---|"]
        lines += [f"| {subject} | {figure} | {note} |" for subject, figure, note in rows]
        lines.append("")
    text = "\n".join(lines)
    PAGE.write_text(text, encoding="utf-8")
    print(text)


main()
