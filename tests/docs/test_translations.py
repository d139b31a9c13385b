"""Each page below docs/ko/ translates the current English page: the same code, the same sections.

The head of a translation names its English page, and the hash of the translated text. It is the hash of `git
hash-object`, so `git diff HASH PAGE` shows what has changed.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from tests.docs.pages import ROOT, Block, blocks, inline_code

DOCS = ROOT / "docs"
TRANSLATED = sorted(page for page in (DOCS / "ko").glob("*.md") if page.name != "index.md")
COLUMN = re.compile(r" #|(?<=\S)  +")


def head(page: Path) -> Any:
    return yaml.safe_load(page.read_text(encoding="utf-8").split("---\n")[1])


def blob(page: Path) -> str:
    text = page.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()


def test_the_pages_of_data_scientists_and_approvers_are_translated() -> None:
    assert [page.name for page in TRANSLATED] == ["approve.md", "faq.md", "guide.md", "start.md"]


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: page.name)
def test_the_english_page_has_not_changed_since(page: Path) -> None:
    recorded, current = head(page)["blob"], blob(DOCS / head(page)["source"])
    assert recorded == current, (
        f"docs/{head(page)['source']} has changed since docs/ko/{page.name} was made of it. Once it is committed, "
        f"`git diff {recorded} {current}` shows how. Translate it, and write "
        f"`blob: {current}` at the top of docs/ko/{page.name}"
    )


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: page.name)
def test_code_and_messages_are_those_of_the_english_page(page: Path) -> None:
    english_blocks, korean_blocks = (list(map(bare, blocks(path))) for path in (DOCS / page.name, page))
    assert korean_blocks == english_blocks


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: page.name)
def test_it_has_the_same_sections_and_the_same_inline_code(page: Path) -> None:
    english = DOCS / page.name
    assert levels(page) == levels(english)
    assert set(inline_code(page)) == set(inline_code(english))


def levels(page: Path) -> list[str]:
    """Return the levels of the headings."""
    text = page.read_text(encoding="utf-8").split("\n---\n")[-1]
    return [token.tag for token in MarkdownIt().parse(text) if token.type == "heading_open"]


def bare(block: Block) -> tuple[str, tuple[str, ...], Any]:
    """Return a block without translated texts: comments, and the columns after a name."""
    match block.language:
        case "yaml" if block.marks[:1] != ("refused",):
            text: Any = yaml.safe_load(block.text)
        case "" | "sh":
            text = [re.split(COLUMN, line)[0] for line in block.text.splitlines()]
        case _:
            text = block.text
    return block.language, block.marks, text
