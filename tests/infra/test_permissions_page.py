"""docs/permissions.md is what the grants say."""

from __future__ import annotations

import re

from scripts.generate_permissions import SOURCES, TARGET, page


def test_the_page_is_what_the_grants_say() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run python -m scripts.generate_permissions"


def test_every_statement_has_a_reason_and_a_place_in_its_table() -> None:
    for title, grants in SOURCES.items():
        assert grants, title
        assert all(grant.why.strip() for grant in grants), title
    rows = re.findall(r"^\| (?!statement|---).*\|$", page(), re.MULTILINE)
    assert len(rows) == sum(map(len, SOURCES.values()))
    assert all(row.count(" | ") == 3 for row in rows)
