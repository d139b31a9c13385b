"""The index as a reader gets it: every version in its table, the best marked, each metric drawn over the versions."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.record import RecordedData
from pushtrain.report.index import write_index
from pushtrain.report.translations import LANGUAGES
from tests.sample_record import RECORD
from tests.unit.report.html_view import Element, parse
from tests.unit.report.index_histories import AUC, history, index
from tests.unit.report.report_facts import CONFIG, EVIL, version


def section(document: Element, name: str) -> Element:
    (found,) = [each for each in document.all("section") if each.one("h2").text == name]
    return found


def test_all_models_with_what_serves_and_what_is_newest() -> None:
    assert section(parse(index()), "All models").one("table").rows[1:] == [
        ["churn", "12", "9", "12 Approved", "2026-11-13 06:38 UTC"],
        ["fraud", "1", "", "1 Waiting for approval", "2026-11-02 06:38 UTC"],
        ["spam", "30", "9", "30 Approved", "2026-11-03 06:38 UTC"],
    ]


def test_the_versions_of_a_model_newest_first_with_the_metrics_of_its_gate() -> None:
    churn = section(parse(index()), "churn")
    heading, *rows = churn.one("table").rows
    assert heading == ["Version", "Status", "auc", "loss", "Registered", "Run"]
    assert [row[0] for row in rows] == [str(number) for number in range(12, 0, -1)]
    assert rows[3][:4] == ["9", "Approved In serving", "0.9701", "0.2556"]
    assert rows[8][:4] == ["4", "Waiting for approval", "–", "–"]
    best = [cell.text for cell in churn.all("td") if "best" in cell.attributes["class"]]
    assert best == ["0.2417", "0.9705"]


def test_metrics_with_the_same_last_part_have_their_whole_paths() -> None:
    versions = [version(number, metrics={"test.auc": 0.9, "valid.auc": 0.8, "test.loss": 0.3}) for number in (1, 2)]
    document = parse(index("en", msgspec.structs.replace(history(), versions=versions, serving=None)))
    churn = section(document, "churn")
    assert churn.one("table").rows[0][2:5] == ["test.auc", "valid.auc", "loss"]
    titles = [figure.one("title").text for figure in churn.all("svg")]
    assert titles == ["test.auc over versions", "valid.auc over versions", "loss over versions"]


def test_all_that_tie_are_the_best() -> None:
    versions = [version(number, metrics={"f1": value}) for number, value in enumerate((0.5, 0.9, 0.9), 1)]
    made = msgspec.structs.replace(history(), versions=versions, serving=None)
    cells = [each for each in parse(index("en", made)).all("td") if "best" in each.attributes["class"].split()]
    assert [cell.text for cell in cells] == ["0.9000", "0.9000"]


def test_the_versions_end_where_the_last_one_is() -> None:
    """An axis beyond it would show a version that is not there."""
    for count in (2, 3, 9, 11, 1000):
        svg = section(parse(index("en", history("churn", count))), "churn").all("svg")[0]
        across = [int(each.text) for each in svg.all("text") if each.attributes["class"] == "across"]
        assert (across[0], across[-1], across) == (1, count, sorted(set(across)))


def test_reports_are_linked_where_there_are_any() -> None:
    links = [link.attributes["href"] for link in section(parse(index()), "churn").all("a")]
    assert len(links) == 11
    assert links[0] == "churn/12.html"
    assert "churn/2.html" not in links


def test_a_metric_over_the_versions_with_the_bound_of_the_gate() -> None:
    auc, loss = section(parse(index()), "churn").all("svg")
    assert auc.one("desc").text == "11 versions; the newest has 0.9701, the best 0.9705 in version 8"
    assert loss.one("title").text == "loss over versions"
    marks = [circle for circle in auc.all("circle") if circle.attributes["class"] == "mark"]
    assert (len(auc.all("circle")), len(marks)) == (11, 4)
    assert len([line for line in auc.all("line") if line.attributes["class"] == "guide"]) == 1


def test_one_version_makes_no_line_and_no_best() -> None:
    fraud = section(parse(index()), "fraud")
    assert fraud.all("svg") == []
    assert not [cell for cell in fraud.all("td") if "best" in cell.attributes["class"]]


def test_without_a_gate_the_first_metrics_are_shown() -> None:
    plain = version(metrics={"rows": 3.0, "matrix.confusion_matrix.0.0": 1.0, "f1": 0.5}, run=EVIL)
    made = msgspec.structs.replace(history(), versions=[plain], serving=None)
    assert parse(index("en", made)).one("table").rows[1] == [
        "3", "Waiting for approval", "3", "0.5000", "2026-11-21 06:38 UTC", EVIL,
    ]  # fmt: skip


def test_a_long_history_stays_small() -> None:
    text = index("en", history("churn", 1000))
    assert len(parse(text).one("table").rows) == 1001
    assert len(text) < 1_000_000
    assert AUC not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_read_aloud_and_loads_nothing(language: str) -> None:
    text = index(language)
    document = parse(text)
    assert document.one("html").attributes["lang"] == language
    assert all(cell.attributes.get("scope") for cell in document.all("th"))
    assert all(chart.one("title").text and chart.one("desc").text for chart in document.all("svg"))
    names = [
        each.attributes["id"]
        for tag in ("h2", "title", "desc")
        for each in document.all(tag)
        if "id" in each.attributes
    ]
    assert len(names) == len(set(names))
    assert "src=" not in text
    assert "http" not in text.replace("http-equiv", "")


def test_an_empty_registry_says_so() -> None:
    text = write_index([], now=datetime(2026, 11, 21, tzinfo=UTC), pushtrain_version="0.1.0")
    assert "No model is registered yet." in parse(text).text


def test_data_is_shown_by_its_address_and_the_beginning_of_its_hash() -> None:
    data = {
        "pushed": RecordedData(uri=f"s3://code/churn/{RECORD.revision}/data/", version="1" * 64, sha256="a" * 64),
        "lake": RecordedData(uri="s3://lake/x/", version="2" * 64),
        "gone": RecordedData(uri="s3://lake/y/"),
    }
    git = msgspec.structs.replace(RECORD.git, author="unknown")
    record = msgspec.structs.replace(RECORD, data=data, git=git, environment="")
    histories = [msgspec.structs.replace(history("churn", 1, None), records={1: record})]
    rows = parse(index("en", *histories)).all("table")[-1].rows
    first = rows[0].index("Registered") + 1
    assert rows[0][first:-1] == ["Data"]
    assert rows[1][first:-1] == ["pushed data/ (aaaaaaaa), lake s3://lake/x/ (22222222), gone s3://lake/y/"]


def test_no_value_is_the_best_if_the_test_data_differ() -> None:
    config = load_config(CONFIG + b"data: {raw: s3://lake/}\npreprocess: {framework: sklearn 1.2-1}\n").config
    records = {
        number: msgspec.structs.replace(RECORD, data={"raw": RecordedData(uri="s3://lake/", sha256=str(number))})
        for number in (1, 2)
    }
    same = msgspec.structs.replace(history(), config=config, records={1: records[1]})
    assert 'class="number best"' in index("en", same)
    text = index("en", msgspec.structs.replace(same, records=records))
    assert 'class="number best"' not in text
    assert "data.raw differs between the versions, so no value is marked as the best." in text
