"""The built site has no broken links, loads only its own files, and works on a phone and in dark mode."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.embedded.report.browser import CHROMIUM, Page, browser

pytestmark = pytest.mark.slow
PAGES = ["index", "start", "guide", "config", "faq", "approve", "operate", "permissions", "ko/guide", "ko/approve"]


PHONE = 390
FOLDED = 1312  # on narrower pages, the table of contents is folded away
CONTENTS_END = "document.querySelector('.toc-drawer').getBoundingClientRect().right"


def build_site(source: Path, target: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Build a site from and to other folders. Words that follow are pages, if not all of them, and options."""
    command = [sys.executable, "-m", "sphinx", "-E", "-q", "-d", f"{target}/doctrees"]
    return subprocess.run([*command, source, target / "site", *words], check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages that are looked at; Sphinx reads them all. `make check` builds the whole site, without a warning."""
    target = tmp_path_factory.mktemp("site")
    pages = (str(ROOT / "docs" / f"{name}.md") for name in (*PAGES, "architecture"))
    process = build_site(ROOT / "docs", target, *pages)
    assert process.returncode == 0, process.stderr
    return target / "site"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this computer")
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


BROKEN_LINKS = {
    "operate.md#no-such-heading": "local id not found in doc 'operate': 'no-such-heading'",
    "no-such-page.md": "'myst' cross-reference target not found: 'no-such-page.md'",
    "../no-such-folder": "'myst' cross-reference target not found: '../no-such-folder'",
}


def test_each_broken_link_fails_the_build(tmp_path: Path) -> None:
    """-W makes an error of each warning. One build, because most of its time is not spent on the pages."""
    source = tmp_path / "docs"
    (source / "_static").mkdir(parents=True)
    (source / "conf.py").write_text((ROOT / "docs" / "conf.py").read_text("utf-8"))
    (source / "llms.txt").write_text("# pushtrain\n")
    (source / "operate.md").write_text("---\norphan: true\n---\n# Operate\n")
    links = (f"[a link]({link})" for link in BROKEN_LINKS)
    (source / "index.md").write_text("\n\n".join(("# Pages", *links, "")))
    process = build_site(source, tmp_path, "-W", "--keep-going")
    assert process.returncode == 1
    for number, warning in enumerate(BROKEN_LINKS.values()):
        assert f"index.md:{3 + 2 * number}: WARNING: {warning}" in process.stderr
    assert process.stderr.count("WARNING") == len(BROKEN_LINKS)


def test_markdown_files_outside_docs_are_not_linked(site: Path) -> None:
    text = (site / "architecture.html").read_text(encoding="utf-8")
    assert "README" in text
    assert "README.md" not in text


def test_folders_of_the_checkout_are_not_linked(site: Path) -> None:
    text = (site / "guide.html").read_text(encoding="utf-8")
    assert "model_repos/" in text
    assert 'href="../model_repos' not in text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_only_its_own_files_and_fits_a_phone(site: Path, page: Page, name: str) -> None:
    for width in (1500, 1400, 1320, 1280, PHONE):
        if width in {1500, PHONE}:
            page.open(site / f"{name}.html", width=width)
        else:
            page.resize(width)
        assert page.run(CONTENTS_END) <= width or width <= FOLDED
        assert page.run("document.documentElement.scrollWidth") == width
        assert page.complaints == []
        assert {url.partition(":")[0] for url in page.requests} <= {"file", "data"}


def test_dark_mode_has_another_background(site: Path, page: Page) -> None:
    color = "getComputedStyle(document.body).backgroundColor"
    assert page.open(site / "start.html", dark=True).run(color) != page.open(site / "start.html").run(color)


def test_a_korean_page_declares_its_language_and_links_to_the_english_page(site: Path, page: Page) -> None:
    page.open(site / "ko" / "guide.html")
    assert page.run("document.documentElement.lang") == "ko"
    assert page.run("document.querySelector('.sidebar-search').placeholder") == "검색"
    assert page.run("document.querySelector('.languages a').href").endswith("/guide.html")
    page.open(site / "guide.html")
    assert page.run("document.documentElement.lang") == "en"
    assert page.run("document.querySelector('.languages a').href").endswith("/ko/guide.html")
    assert page.open(site / "config.html").run("document.querySelector('.languages')") is None


def test_the_search_finds_a_key(site: Path, page: Page) -> None:
    """The index is a script of the site, so the search also works from a disk. Results appear one after another."""
    page.open(site / "search.html").run("Search.performSearch('max_runtime')")
    titles = "[...document.querySelectorAll('ul.search li a')].map(link => link.textContent)"
    assert any("Every key of config.yaml" in page.run(titles) for _ in range(1000))
