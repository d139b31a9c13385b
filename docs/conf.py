"""How Sphinx builds these pages (`make docs`). Offline: no font, script or picture comes from elsewhere.

The pages use relative links, so they also work on a disk. A link to a file outside docs/ makes a copy of that file. A
link to a folder, or to a Markdown file outside docs/, becomes plain text. A link to a missing file fails the build.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from docutils.nodes import Element, document
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

# Texts of the theme, for the Korean pages below ko/.
KOREAN = {
    "Back to top": "맨 위로",
    "Home": "처음",
    "Next": "다음",
    "On this page": "이 페이지에서",
    "Previous": "이전",
    "Search": "검색",
    "Skip to content": "본문으로 건너뛰기",
}

CHANGED = (
    '<p class="changed">영문 페이지가 이 번역 이후에 바뀌었습니다. 위의 English에서 최신 내용을 볼 수 있습니다.</p>'
)

project = "pushtrain"
html_title = project
language = "en"
extensions = ["myst_parser"]
exclude_patterns = ["examples"]
myst_heading_anchors = 3
highlight_language = "none"

html_theme = "furo"
html_theme_options: dict[str, object] = {"top_of_page_buttons": []}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["llms.txt"]  # an index for language models, at the root of the site (llmstxt.org)
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_use_index = False


def unlink_folders(app: Sphinx, page: document) -> None:
    """Replace a link by its text if it leads to a folder, or to a Markdown file outside docs/."""
    folder = Path(app.env.doc2path(app.env.docname)).parent
    for link in list(page.findall(pending_xref)):
        path = folder / link["reftarget"]
        if path.is_dir() or _is_markdown_outside(path.with_name(f"{path.name}.md"), Path(app.srcdir)):
            link.replace_self(link.children)


def _is_markdown_outside(path: Path, docs: Path) -> bool:
    """Say if a file exists outside docs/. MyST gives the target of a Markdown link without its suffix."""
    return path.is_file() and not path.resolve().is_relative_to(docs.resolve())


def set_language(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Element | None) -> None:
    """Set the language of a page and of the theme's texts, and link to the page in the other language."""
    korean = page.startswith("ko/")
    if korean:
        context["language"] = "ko"
        context["_"] = context["gettext"] = lambda text: KOREAN.get(text, text)
    other, code, name = (page.removeprefix("ko/"), "en", "English") if korean else (f"ko/{page}", "ko", "한국어")
    if other in app.env.found_docs and tree is not None:
        note = CHANGED if korean and is_outdated(app, page) else ""
        link = f'<a href="{context["pathto"](other)}" lang="{code}" hreflang="{code}">{name}</a>'
        context["body"] = f'<p class="languages">{link}</p>{note}{context["body"]}'


def is_outdated(app: Sphinx, page: str) -> bool:
    """Say if the English page has changed since it was translated. The translation's head has its git blob hash."""
    head = app.env.metadata[page]
    if "source" not in head:
        return False
    text = Path(app.srcdir, head["source"]).read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()
    return blob != str(head["blob"])


def setup(app: Sphinx) -> None:
    """Connect the functions above. Sphinx calls this."""
    app.connect("doctree-read", unlink_folders)
    app.connect("html-page-context", set_language)
