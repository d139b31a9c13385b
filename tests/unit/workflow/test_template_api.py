"""What templates may import: names and arguments of the version that `TEMPLATE_API` gives."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pushtrain import workflow

ROOT = Path(__file__).parents[3]
NOT_FOR_TEMPLATES = {"compile_workflow", "locate_template_errors", "serialize_definition"}
NAMES = sorted(set(workflow.__all__) - NOT_FOR_TEMPLATES)


def list_signatures() -> Iterator[str]:
    """Yield one line for each name that templates may import."""
    for name in NAMES:
        member = getattr(workflow, name)
        is_function = inspect.isfunction(member)
        yield f"{name}{inspect.signature(member)}" if is_function else name
    for name, member in sorted(vars(workflow.Pipeline).items()):
        if not name.startswith("_"):
            yield f"Pipeline.{name}{inspect.signature(member) if inspect.isfunction(member) else ''}"


def test_a_change_of_the_api_is_seen(golden: Callable[[Path, str], None]) -> None:
    """If a line went away or changed, plug-ins break: raise TEMPLATE_API and tell it in the changelog."""
    lines = [f"version {workflow.TEMPLATE_API}", *list_signatures()]
    golden(ROOT / "tests" / "golden" / "template-api.txt", "\n".join(lines) + "\n")


def test_the_page_about_templates_lists_every_name() -> None:
    page = (ROOT / "docs" / "templates.md").read_text("utf-8")
    listed = set(re.findall(r"`(?:pipeline\.)?(\w+)[^`]*`", page))
    assert set(NAMES) - listed == set()
    assert f"version {workflow.TEMPLATE_API}" in page
