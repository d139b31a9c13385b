"""docs/llms.txt: an index of the pages for language models, in the form of llmstxt.org."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT

DOCS = ROOT / "docs"
TEXT = (DOCS / "llms.txt").read_text("utf-8")
LINKS = re.findall(r"^- \[[^\]]+\]\(([^)]+)\)", TEXT, re.MULTILINE)


def test_the_index_has_the_form_that_readers_expect() -> None:
    title, blank, summary = TEXT.splitlines()[:3]
    assert (title, blank) == ("# pushtrain", "")
    assert summary.startswith("> ")


def test_every_link_leads_to_a_page() -> None:
    assert [link for link in LINKS if not (DOCS / link).is_file()] == []


def test_every_english_page_is_listed() -> None:
    pages = {page.name for page in DOCS.glob("*.md")} - {"index.md"}
    assert pages - set(LINKS) == set()
