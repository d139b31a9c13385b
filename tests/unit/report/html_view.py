"""An HTML document as a test asks it: elements by tag, their text, and tables as rows of cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, blanks folded."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(parts).split())

    def all(self, tag: str) -> list[Element]:
        """Elements of that tag inside, in document order."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += [child] if child.tag == tag else []
                found += child.all(tag)
        return found

    def one(self, tag: str) -> Element:
        (found,) = self.all(tag)
        return found

    @property
    def rows(self) -> list[list[str]]:
        """Of a table."""
        return [[cell.text for cell in row.children if isinstance(cell, Element)] for row in self.all("tr")]


class _Reader(HTMLParser):
    """Every element must be closed in its turn: that is how escaping errors show."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(text: str) -> Element:
    reader = _Reader()
    reader.feed(text.replace("<wbr>", ""))  # where a line may break is nothing to read
    reader.close()
    (document,) = reader.open
    return document


def read_table(document: Element, section: str) -> list[list[str]]:
    """Return the rows of the first table of a section, the head first."""
    (part,) = [part for part in document.all("section") if part.attributes["aria-labelledby"] == section]
    return part.all("table")[0].rows
