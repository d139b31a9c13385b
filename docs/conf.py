"""How Sphinx builds these pages (`make docs`). Offline: no font, script or picture comes from elsewhere.

The pages link as they lie on a disk. So a link to a file of the checkout outside of docs/ gives a copy of that file,
and one to a folder, which a site cannot show, becomes its bare name. A link to what is not there fails the build.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from docutils.nodes import Element, document
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

# What the theme itself says; the pages below ko/ are Korean.
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


def name_folders(app: Sphinx, page: document) -> None:
    """Leaves the name alone where a link leads to a folder."""
    here = Path(app.env.doc2path(app.env.docname)).parent
    for link in list(page.findall(pending_xref)):
        if (here / link["reftarget"]).is_dir():
            link.replace_self(link.children)


def speak_the_language(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Element | None) -> None:
    """Names the language of a page, has the theme speak it, and leads to the page in the other one."""
    korean = page.startswith("ko/")
    if korean:
        context["language"] = "ko"
        context["_"] = context["gettext"] = lambda text: KOREAN.get(text, text)
    other, code, name = (page.removeprefix("ko/"), "en", "English") if korean else (f"ko/{page}", "ko", "한국어")
    if other in app.env.found_docs and tree is not None:
        note = CHANGED if korean and not_as_translated(app, page) else ""
        link = f'<a href="{context["pathto"](other)}" lang="{code}" hreflang="{code}">{name}</a>'
        context["body"] = f'<p class="languages">{link}</p>{note}{context["body"]}'


def not_as_translated(app: Sphinx, page: str) -> bool:
    """Whether the English page has changed since; its hash (git's, of a blob) stands in the translation's head."""
    head = app.env.metadata[page]
    if "source" not in head:
        return False
    text = Path(app.srcdir, head["source"]).read_bytes()
    now = hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()
    return now != str(head["blob"])


def setup(app: Sphinx) -> None:
    """What Sphinx calls."""
    app.connect("doctree-read", name_folders)
    app.connect("html-page-context", speak_the_language)
