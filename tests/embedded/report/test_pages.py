"""The pages in a real Chromium: no network, no complaint, and right when dark, narrow or printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain.config import Condition, load_config
from pushtrain.decide import ChampionResult
from pushtrain.decide.verdict import Comparison, judge
from pushtrain.report.plots import read_plots
from tests.embedded.report.browser import CHROMIUM, Page, browser
from tests.sample_verdict import build_verdict
from tests.unit.report.index_histories import index as index_page
from tests.unit.report.report_facts import CONFIG, EVIL, METRICS, facts, page, version

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages are not seen in a real browser"),
]
STEPS = ("preprocess", "train", "evaluate")
PAPER = "getComputedStyle(document.body).backgroundColor"
SPILLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "report.html"
    file.write_text(page(), encoding="utf-8")
    return file


def test_a_report_asks_for_nothing_and_complains_of_nothing(chromium: Page, report: Path) -> None:
    chromium.open(report)
    assert chromium.complaints == []
    assert chromium.requests == [report.as_uri(), "data:,"] or chromium.requests == [report.as_uri()]
    assert chromium.run("document.querySelectorAll('svg.chart').length") == 4
    assert chromium.run("document.querySelectorAll('script').length") == 1
    assert EVIL in chromium.run("document.body.textContent")


def test_its_style_is_allowed_by_its_own_policy(chromium: Page, report: Path) -> None:
    assert chromium.open(report).run(PAPER) == "rgb(255, 255, 255)"
    assert chromium.run("getComputedStyle(document.querySelector('.line')).fill") == "none"


def test_dark_where_the_reader_wants_dark_and_light_on_paper(chromium: Page, report: Path) -> None:
    assert chromium.open(report, dark=True).run(PAPER) == "rgb(20, 22, 25)"
    assert chromium.open(report, dark=True, media="print").run(PAPER) == "rgb(255, 255, 255)"


def test_a_shadow_at_the_edge_shows_that_a_table_goes_on(chromium: Page, tmp_path: Path) -> None:
    """Two covers move with the table and leave the shadow bare where there is more; paper cannot be scrolled."""
    style = "getComputedStyle(document.querySelector('.scroll'))"
    shadow = f"[{style}.backgroundAttachment, {style}.backgroundImage]"
    (tmp_path / "index.html").write_text(index_page(), encoding="utf-8")
    attached, drawn = chromium.open(tmp_path / "index.html").run(shadow)
    assert (attached, drawn.count("gradient")) == ("local, local, scroll, scroll", 4)
    assert chromium.open(tmp_path / "index.html", media="print").run(shadow)[1] == "none"


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_is_readable_on_what_it_stands_on(chromium: Page, report: Path, dark: bool) -> None:
    contrasts: Any = chromium.open(report, dark=dark).run(CONTRASTS)
    assert min(contrasts.values()) >= 4.5, contrasts  # WCAG 2.2, level AA


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_phone_shows_it_without_scrolling_sideways(chromium: Page, tmp_path: Path, width: int, language: str) -> None:
    file = tmp_path / "report.html"
    file.write_text(page(language), encoding="utf-8")
    chromium.open(file, width=width)
    assert chromium.run(SPILLS) is False


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_phone_shows_every_column_of_the_jobs(chromium: Page, tmp_path: Path, language: str) -> None:
    made = facts()
    assert made.run
    (train,) = made.run.jobs
    machines = {"InstanceType": "ml.g4dn.12xlarge", "InstanceCount": 16}
    described = {**train.described, "ResourceConfig": machines, "BillableTimeInSeconds": 36_000}
    jobs = [msgspec.structs.replace(train, step=step, described=described, seconds=36_000.0) for step in STEPS]
    file = tmp_path / "report.html"
    run = msgspec.structs.replace(made.run, jobs=tuple(jobs))
    file.write_text(page(language, run=run), encoding="utf-8")
    region = "document.querySelector('[role=region][aria-labelledby=environment]')"
    hidden = f"{region}.scrollWidth - {region}.clientWidth"
    assert chromium.open(file, width=390).run(hidden) == 0
    assert chromium.run(f"{region}.querySelectorAll('thead th').length") == 5


LONG = "area_under_the_receiver_operating_characteristic_curve_on_the_holdout_of_the_last_quarter.value"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_long_metric_leaves_the_verdict_on_a_phone(chromium: Page, tmp_path: Path, language: str) -> None:
    config = load_config(CONFIG.replace(b"binary_classification_metrics.auc.value", LONG.encode())).config
    file = tmp_path / "report.html"
    file.write_text(page(language, config=config, version=version(metrics={**METRICS, LONG: 0.97})), encoding="utf-8")
    chromium.open(file, width=390)
    assert chromium.run(SPILLS) is False
    verdicts = "[...document.querySelectorAll('.verdict')].map((e) => e.getBoundingClientRect().right)"
    regions = "['gate', 'metrics'].map((id) => document.querySelector(`[role=region][aria-labelledby=${id}]`))"
    assert max(chromium.run(verdicts)) <= 390
    assert chromium.run(f"{regions}.map((e) => e.scrollWidth - e.clientWidth)") == [0, 0]


def compare_with_champion() -> dict[str, Any]:
    """Facts of a report whose gate compares with a champion, by groups."""
    champion = ChampionResult(status="compared", version=2)
    condition = Condition.model_validate(
        {"metric": "recall", "by": "region", "worst": {"at_least": "champion - 12.5%"}}
    )
    values = {condition.label: {"north": 0.91, "south": 0.88}}
    results = judge([condition], {}, values, Comparison(champion=champion, values={condition.label: 0.9}))
    verdict = msgspec.structs.replace(build_verdict({}), conditions=results, champion=champion)
    made = facts()
    assert made.run
    return {"version": version(verdict=verdict), "run": msgspec.structs.replace(made.run, verdict=verdict)}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_champion_is_in_sight(chromium: Page, tmp_path: Path, width: int, language: str) -> None:
    file = tmp_path / "report.html"
    file.write_text(page(language, **compare_with_champion()), encoding="utf-8")
    region = "document.querySelector('[role=region][aria-labelledby=gate]')"
    assert chromium.open(file, width=width).run(f"{region}.scrollWidth - {region}.clientWidth") == 0
    rights = f"[...{region}.querySelectorAll('tbody td')].map((e) => e.getBoundingClientRect().right)"
    assert max(chromium.run(rights)) <= width
    assert chromium.run(f"{region}.querySelectorAll('tbody td').length") == 5


def test_a_computer_shows_gate_and_metrics_beside_each_other(chromium: Page, report: Path) -> None:
    tops = "['gate', 'metrics'].map((id) => document.getElementById(id).getBoundingClientRect().top)"
    first, second = chromium.open(report, width=1280).run(tops)
    assert first == second
    assert chromium.run("document.querySelector('main').getBoundingClientRect().width") > 1180
    first, second = chromium.open(report, width=1000).run(tops)
    assert first < second


@pytest.mark.parametrize("width", [390, 1280])
def test_an_address_is_copied_whole_and_ends_lines_between_words(chromium: Page, tmp_path: Path, width: int) -> None:
    artifact = f"s3://artifacts-of-the-team/breast-cancer/runs/{'0a' * 32}/train/output/model.tar.gz"
    file = tmp_path / "report.html"
    file.write_text(page(version=version(artifact=artifact)), encoding="utf-8")
    chromium.open(file, width=width)
    assert chromium.run(SPILLS) is False
    entry = f"[...document.querySelectorAll('dd.address')].find((e) => e.textContent.startsWith('{artifact}'))"
    assert chromium.run(f"{entry}.querySelector('button').textContent") == "Copy"
    chromium.run(f"{entry}.querySelector('button').click()")
    chromium.run("1")
    pieces = f"[...{entry}.childNodes].filter((n) => n.nodeType === 3)"
    lines = "(n) => { const r = document.createRange(); r.selectNode(n); return r.getClientRects().length }"
    assert set(chromium.run(f"{pieces}.map({lines})")) == {1}  # no piece between two places to break is on two lines


@pytest.fixture
def index(tmp_path: Path) -> Path:
    file = tmp_path / "index.html"
    file.write_text(index_page(), encoding="utf-8")
    return file


def column(chromium: Page, number: int) -> list[str]:
    """A column of the table of `churn` as it stands now."""
    cells = (
        f"[...document.querySelectorAll('table.sortable')[1].tBodies[0].rows].map((r) => r.cells[{number}].innerText)"
    )
    found: list[str] = chromium.run(cells)
    return found


def click(chromium: Page, heading: str) -> str:
    """Clicks a heading of that table; how it says to be sorted then."""
    table = "document.querySelectorAll('table.sortable')[1]"
    button = f"[...{table}.querySelectorAll('th button')].find((b) => b.textContent === '{heading}')"
    chromium.run(f"{button}.click()")
    said: str = chromium.run(f"{button}.parentNode.getAttribute('aria-sort')")
    assert chromium.run(f"{table}.querySelectorAll('[aria-sort]').length") == 1
    return said


def test_the_index_asks_for_nothing_and_complains_of_nothing(chromium: Page, index: Path) -> None:
    chromium.open(index)
    assert chromium.complaints == []
    assert set(chromium.requests) <= {index.as_uri(), "data:,"}
    assert chromium.run("document.querySelectorAll('th button').length") == 5 + 3 * 6


def test_the_index_sorts_by_any_column_and_what_is_missing_stays_last(chromium: Page, index: Path) -> None:
    chromium.open(index)
    assert click(chromium, "loss") == "ascending"
    numbers = column(chromium, 3)
    assert numbers[-1] == "–"
    assert numbers[:-1] == sorted(numbers[:-1])
    assert click(chromium, "loss") == "descending"
    assert column(chromium, 3) == [*reversed(numbers[:-1]), "–"]
    assert click(chromium, "Version") == "ascending"
    assert column(chromium, 0) == [str(number) for number in range(1, 13)]
    assert click(chromium, "Status") == "ascending"
    assert column(chromium, 1)[0].startswith("Approved")
    assert chromium.complaints == []


def test_a_heading_is_pressed_by_key_too(chromium: Page, index: Path) -> None:
    chromium.open(index)
    chromium.run("document.querySelectorAll('table.sortable')[1].querySelectorAll('th button')[2].focus()")
    chromium.ask(
        "Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13
    )
    numbers = column(chromium, 2)
    assert numbers[:-1] == sorted(numbers[:-1])


def test_the_index_fits_a_phone_and_the_dark(chromium: Page, index: Path) -> None:
    chromium.open(index, width=360, dark=True)
    assert chromium.run(SPILLS) is False
    assert min(chromium.run(CONTRASTS).values()) >= 4.5


@pytest.mark.parametrize("media", ["screen", "print"])
def test_a_large_matrix_has_room(chromium: Page, tmp_path: Path, media: str) -> None:
    names = [f"kind {number}" for number in range(10)]
    matrix = {name: dict.fromkeys(names, 1000) for name in names}
    file = tmp_path / "report.html"
    file.write_text(page(plots=read_plots({}, {"confusion_matrix": matrix})), encoding="utf-8")
    chromium.open(file, width=900, media=media)
    room = "(({scrollWidth, clientWidth}) => scrollWidth <= clientWidth)"
    assert chromium.run(f"{room}(document.querySelector('.matrix').parentNode)")


CONTRASTS = """(() => {
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => { const [r, g, b] = c.map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const over = (front, back) => front.length < 4 ? front : back.map((v, i) => v + (front[i] - v) * front[3]);
  const paper = parse(getComputedStyle(document.body).backgroundColor);
  const found = {};
  for (const element of document.querySelectorAll('h1, p, td, th, dt, dd, span, summary, footer, .chart text')) {
    const style = getComputedStyle(element), own = parse(style.backgroundColor);
    const back = own[3] === 0 ? paper : over(own, paper);
    const ink = parse(element.closest('svg') ? style.fill : style.color);
    const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
    found[`${element.tagName} ${element.className.baseVal ?? element.className}`] = (a + 0.05) / (b + 0.05);
  }
  return found;
})()"""
