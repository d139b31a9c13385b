"""docs/config.md is what the schema says."""

from __future__ import annotations

import re

from pushtrain.config.schema import build_json_schema
from scripts.generate_config_page import TARGET, page


def test_the_page_is_what_the_schema_says() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run python -m scripts.generate_config_page"


def test_every_key_of_every_section_has_a_row_with_its_meaning() -> None:
    schema = build_json_schema()
    sections = [schema, *(each for name, each in schema["$defs"].items() if not name.endswith("Overlay"))]
    rows = [row.split("|")[1:-1] for row in re.findall(r"^\| `.*\|$", page(), re.MULTILINE)]
    assert len(rows) == sum(len(section["properties"]) for section in sections)
    known = {f" `{key}` " for section in sections for key in section["properties"]}
    assert {row[0] for row in rows} == known
    assert [row for row in rows if len(row) != 4 or not row[1].strip()] == []
    silent = {row[0].strip(" `") for row in rows if not row[3].strip()}
    assert silent == set()


def test_a_key_with_keys_of_its_own_leads_to_them() -> None:
    headings = {re.sub(r"[^\w-]", "", title.lower()) for title in re.findall(r"^## (.*)$", page(), re.MULTILINE)}
    links = set(re.findall(r"\(#(\w+)\)", page()))
    assert links <= headings
    assert {"train", "traindistributionmpi", "registerwhen", "dataname"} <= links
