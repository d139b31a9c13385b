"""docs/compatibility.md lists the cases in benchmarks/public_scripts/ as they are."""

from __future__ import annotations

from scripts.generate_compatibility import TARGET, build_page
from scripts.public_scripts import read_cases


def test_the_table_is_that_of_the_cases() -> None:
    page = TARGET.read_text("utf-8")
    assert page == build_page(page, read_cases()), "run python -m scripts.generate_compatibility"
