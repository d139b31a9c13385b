"""docs/config.md is generated from the schema."""

from __future__ import annotations

import re

from pushtrain.config.schema import build_json_schema
from scripts.generate_config_page import TARGET, build_page


def test_the_page_is_generated_from_the_schema() -> None:
    assert TARGET.read_text(encoding="utf-8") == build_page(), "run python -m scripts.generate_config_page"


def test_every_key_of_every_section_has_a_row_with_its_meaning() -> None:
    schema = build_json_schema()
    sections = [schema, *(section for name, section in schema["$defs"].items() if not name.endswith("Overlay"))]
    rows = [row.split("|")[1:-1] for row in re.findall(r"^\| `.*\|$", build_page(), re.MULTILINE)]
    assert len(rows) == sum(len(section["properties"]) for section in sections)
    keys = {f" `{key}` " for section in sections for key in section["properties"]}
    assert {row[0] for row in rows} == keys
    assert [row for row in rows if len(row) != 4 or not row[1].strip()] == []
    without_meaning = {row[0].strip(" `") for row in rows if not row[3].strip()}
    assert without_meaning == set()


def test_a_key_with_its_own_keys_links_to_them() -> None:
    headings = {re.sub(r"[^\w-]", "", title.lower()) for title in re.findall(r"^## (.*)$", build_page(), re.MULTILINE)}
    links = set(re.findall(r"\(#(\w+)\)", build_page()))
    assert links <= headings
    assert {"train", "traindistributionmpi", "registerwhen", "dataname"} <= links
