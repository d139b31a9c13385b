"""docs/permissions.md shows the grants of infra/ and is up to date."""

from __future__ import annotations

import re

from scripts.generate_permissions import SOURCES, TARGET, build_page


def test_the_page_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == build_page(), "run python -m scripts.generate_permissions"


def test_every_statement_has_a_reason_and_a_row() -> None:
    for title, grants in SOURCES.items():
        assert grants, title
        assert all(grant.reason.strip() for grant in grants), title
    rows = re.findall(r"^\| (?!statement|---).*\|$", build_page(), re.MULTILINE)
    assert len(rows) == sum(map(len, SOURCES.values()))
    assert all(row.count(" | ") == 3 for row in rows)
