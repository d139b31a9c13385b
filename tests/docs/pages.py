"""Read the code blocks of the pages, each with the words of the comment right above it.

A comment is invisible on a page. `<!-- aws -->` means that a block needs AWS, so it is not run. The tests that use the
other words explain them.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "ko").glob("*.md"))]
_COMMENT = re.compile(r"<!--(.*?)-->\s*$", re.DOTALL)
_CONTINUED = re.compile(r"\\\n\s*")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block: `language` is the word after its fence, `marks` are the words of the comment above."""

    page: Path
    line: int
    language: str
    text: str
    marks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def commands(self) -> list[str]:
        """Return the lines that call pushtrain, without shell comments."""
        lines = (line.partition(" #")[0].strip() for line in _CONTINUED.sub("", self.text).splitlines())
        return [line for line in lines if line.startswith("pushtrain ")]


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order."""
    code_blocks, marks = [], ()
    for token in _parse(page.read_text(encoding="utf-8")):
        if token.type == "fence":
            line = token.map[0] + 1 if token.map else 0
            code_blocks.append(
                Block(page=page, line=line, language=token.info.strip(), text=token.content, marks=tuple(marks))
            )
        comment = _COMMENT.search(token.content) if token.type == "html_block" else None
        marks = tuple(comment[1].split()) if comment else ()
    return code_blocks


def inline_code(page: Path) -> list[str]:
    """Return the inline code of a page: the texts between backticks."""
    tokens = (child for token in _parse(page.read_text("utf-8")) for child in token.children or ())
    return [token.content for token in tokens if token.type == "code_inline"]


@functools.cache
def _parse(text: str) -> list[Token]:
    """Parse a page once: several files of tests read the same pages when they are collected."""
    return MarkdownIt().enable("table").parse(text)
