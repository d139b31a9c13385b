"""The report as a reader gets it: what it says, in both languages, and that users' words stay words."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from jinja2 import Environment

from pushtrain.config import load_config
from pushtrain.config.values.money import Money
from pushtrain.decide import ConditionResult, RowComparison
from pushtrain.errors import UsageError
from pushtrain.record import EMPTY_RECORD
from pushtrain.report import pages
from pushtrain.report.english import ENGLISH
from pushtrain.report.korean import KOREAN
from pushtrain.report.pages import FOLDER
from pushtrain.report.plots import SHAPES, Plots, read_plots
from pushtrain.report.translations import LANGUAGES
from pushtrain.runs import Failure, Run
from pushtrain.serving import Decision
from tests.sample_serving import SERVING
from tests.sample_verdict import build_verdict
from tests.unit.report.html_view import Element, parse, read_table
from tests.unit.report.report_facts import CONFIG as REPORT_CONFIG
from tests.unit.report.report_facts import EVIL, METRICS, facts, page, version


def test_metrics_stand_beside_the_version_that_serves_with_the_better_one_marked_by_direction() -> None:
    document = parse(page())
    assert read_table(document, "metrics") == [
        ["Metric", "This version", "Version 2, in serving", "Difference"],
        ["auc", "0.9700", "0.9900", "−0.0200 ▼ worse"],
        ["loss", "0.3500", "0.4000", "−0.0500 ▲ better"],
        ["accuracy", "0.9500 ± 0.0200", "0.9500", "0.0000 same"],
        ["rows", "569", "569", "0 same"],
    ]


def test_a_difference_within_the_deviation_is_not_praised() -> None:
    other = version(2, metrics={**METRICS, "binary_classification_metrics.accuracy.value": 0.94})
    rows = read_table(parse(page(baseline=other)), "metrics")
    assert rows[3] == ["accuracy", "0.9500 ± 0.0200", "0.9400", "+0.0100 ▲ within ±"]


def test_without_an_approved_version_there_is_nothing_beside() -> None:
    document = parse(page(baseline=None))
    assert read_table(document, "metrics")[1] == ["auc", "0.9700"]
    assert "No other version was in serving as of 2026-11-21 07:00 UTC" in document.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "churn version 3 Waiting for approval as of 2026-11-21 07:00 UTC"),
        ("ko", "churn 버전 3 승인 대기 2026-11-21 07:00 UTC 기준"),
    ],
)
def test_the_status_says_when_it_was_so(language: str, said: str) -> None:
    """A report is kept as it was written; what was decided since stands elsewhere."""
    assert said in parse(page(language)).text


def test_what_is_gone_is_said_and_not_guessed() -> None:
    document = parse(page(config=None, run=None, record=None, curves=(), version=version(metrics={})))
    for words in (ENGLISH["gate_gone"], ENGLISH["no_metrics"], ENGLISH["jobs_gone"], ENGLISH["cost_unknown"]):
        assert words in document.text
    lost = facts().run
    assert isinstance(lost, Run)
    assert "Some metrics of the gate are no longer known" in parse(page(version=version(metrics={}))).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_plots_that_are_gone_are_said_and_not_drawn_from_what_lies_there_now(language: str) -> None:
    text = parse(page(language, plots=Plots(), lost_files=("plots.json",))).text
    assert LANGUAGES[language]["lost_file"].format("plots.json") in text


def test_lineage_environment_time_and_cost() -> None:
    forged = version(properties={"pushed_by": "somebody else"})  # an approver may change what the registry says
    document = parse(page(version=forged, cost=Money(amount=Decimal("1.20"), currency="USD")))
    names = [term.text for term in document.all("dt")]
    values = [value.text for value in document.all("dd")]
    facts_by_name = dict(zip(names, values, strict=True))
    assert facts_by_name["Commit"] == "4222ba4d (with changes that were not committed)"
    assert facts_by_name["Pushed by"] == "AROAEXAMPLE:jin"
    assert facts_by_name["Data raw"] == f"s3://lake/{EVIL}/"
    assert facts_by_name["Hyperparameters"] == "note = <b>bold</b>, depth = 4"
    assert (facts_by_name["Cost"].partition(":")[0], facts_by_name["Environment"]) == ("1.20 USD", "prod")
    assert facts_by_name["From start to end"] == "1 h 02 min"
    assert read_table(document, "environment")[1] == [
        "train",
        "ml.g5.xlarge × 2 (spot)",
        "Completed",
        "3 min 20 s",
        "3 min 10 s",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_users_words_stay_words(language: str) -> None:
    text = page(language)
    assert EVIL not in text
    document = parse(text)
    assert document.all("b") == []
    assert [script.text for script in document.all("script")] == [" ".join(COPY.split())]
    assert document.text.count(EVIL.replace("\n", " ")) >= 5


def test_marks_that_turn_text_around_are_written_out() -> None:
    text = page(version=version(metrics={**METRICS, "auc\u202e\x1b[2K": 1.0}))
    assert "auc\\u202e\\x1b[2K" in text
    assert not {"\u202e", "\x1b"} & set(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_read_aloud(language: str) -> None:
    document = parse(page(language))
    assert document.one("html").attributes["lang"] == language
    assert len(document.all("h1")) == 1
    for chart in document.all("svg"):
        title, description = chart.one("title"), chart.one("desc")
        named = [title.attributes["id"], description.attributes["id"]]
        assert (chart.attributes["role"], chart.attributes["aria-labelledby"].split()) == ("img", named)
        assert title.text
        assert description.text
    assert len(document.all("svg")) == 4 == len(document.all("details"))
    for each in document.all("table"):
        assert all(cell.attributes.get("scope") for cell in each.all("th"))
    names = [
        each.attributes["id"]
        for tag in ("h2", "h3", "title", "desc", "p")
        for each in document.all(tag)
        if "id" in each.attributes
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_loads_nothing_and_runs_only_the_copy_buttons(language: str) -> None:
    text = page(language)
    assert not re.search(r"(src|srcset|action|poster)=|url\(|@import|https?://|style=", text)
    assert re.findall(r'href="([^"]*)"', text) == ["data:,"]
    (policy,) = [m.attributes["content"] for m in parse(text).all("meta") if "http-equiv" in m.attributes]
    style = base64.b64encode(hashlib.sha256(parse(text).one("style").children[0].encode()).digest()).decode()  # type: ignore[union-attr]
    script = base64.b64encode(hashlib.sha256(COPY.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; img-src data:; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_in_korean_every_word_is_korean() -> None:
    text = parse(page("ko")).text
    assert "✗ 게이트를 통과하지 못했습니다" in text
    left = [word for key, word in ENGLISH.items() if len(word) > 12 and "{" not in word and word in text]
    assert left == []


def test_both_languages_say_the_same_things() -> None:
    assert list(ENGLISH) == list(KOREAN)
    assert all(ENGLISH[key].count("{}") == KOREAN[key].count("{}") for key in ENGLISH)


def test_another_language_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^language 'fr': the pages are written in en and ko$"):
        page("fr")


def test_no_attribute_of_a_dictionary_hides_a_word() -> None:
    hidden: Mapping[str, object] = {key: None for key in ENGLISH if hasattr({}, key)}
    assert hidden == {}
    used = set(re.findall(r"\bt\.(\w+)", "".join(path.read_text() for path in FOLDER.glob("*.html"))))
    assert used <= set(ENGLISH)


def test_every_decision_and_a_lowered_gate_are_shown() -> None:
    gate = msgspec.structs.replace(build_verdict({}), conditions=(GATE,))
    lowered = msgspec.structs.replace(gate, conditions=(msgspec.structs.replace(GATE, bound=0.8),))
    decisions = (
        msgspec.structs.replace(DECISION, status="Rejected", note=EVIL),
        msgspec.structs.replace(DECISION, decided_at="2026-11-22T10:00:00.000+00:00", approver=""),
    )
    document = parse(page(version=version(verdict=lowered), baseline=version(2, verdict=gate), decisions=decisions))
    assert "The gate asks for less: auc ≥ 0.8000 instead of 0.9000 (Version 2, in serving)." in document.text
    assert f"Rejected 2026-11-21 10:00 UTC jin · {EVIL}" in " ".join(document.text.split())
    assert "Approved 2026-11-22 10:00 UTC not known" in " ".join(document.text.split())
    assert "The gate asks for less" not in parse(page(version=version(verdict=gate))).text


COPY = (FOLDER / "copy.js").read_text(encoding="utf-8")
GATE = ConditionResult(metric="auc", condition="at_least", bound=0.9, value=0.95, holds=True)
DECISION = Decision(
    model="churn",
    version=3,
    status="Approved",
    decided_at="2026-11-21T10:00:00.000+00:00",
    approver="arn:aws:sts::123456789012:assumed-role/ml/jin",
    note="",
    environment="",
    gate=(),
)


def run_page(language: str = "en", **changes: object) -> Element:
    """The report of a run that registered no version."""
    run = facts().run
    assert run is not None
    members = {"outcome": "not_registered", "model_version": None, "metrics": METRICS, **changes}
    return parse(page(language, version=None, run=msgspec.structs.replace(run, **members)))


def test_a_run_that_missed_its_gate_has_the_page_of_a_version() -> None:
    document = run_page(verdict=build_verdict(METRICS, *load_config(REPORT_CONFIG).config.conditions))
    assert document.all("h1")[0].text == "churn run a1b2c3d4e5f6-0a1b2c"
    assert "Run report churn run a1b2c3d4e5f6-0a1b2c Not registered as of 2026-11-21 07:00 UTC" in document.text
    assert "Started 1970-01-01 00:00 UTC" in document.text
    assert "✗ The gate is not met" in document.text
    assert read_table(document, "metrics")[:2] == [
        ["Metric", "This run", "Version 2, in serving", "Difference"],
        ["auc", "0.9700", "0.9900", "−0.0200 ▼ worse"],
    ]
    assert len(document.all("svg")) == 4
    assert ENGLISH["arn"] not in document.text


def test_a_run_that_failed_says_why_and_what_to_try() -> None:
    document = run_page(
        outcome="failed",
        status="FAILED",
        metrics={},
        error=Failure(step="train", reason=f"MemoryError: {EVIL}", log="/aws/sagemaker/TrainingJobs:j/"),
    )
    (section,) = [each for each in document.all("section") if each.attributes["aria-labelledby"] == "failure"]
    assert section.text == (
        f"Why it failed ✗ train MemoryError: {EVIL} "
        "What to try: the instance had too little memory: a larger `instance`, or less data at once "
        "Log pushtrain runs logs a1b2c3d4e5f6-0a1b2c --step train"
    )
    assert "Failed as of" in document.text
    assert ENGLISH["gate_not_reached"] in document.text
    assert ENGLISH["no_run_metrics"] in document.text


@pytest.mark.parametrize(
    ("status", "outcome", "word"),
    [
        ("ABORTED", "failed", "Stopped"),
        ("RUNNING", "", "Running"),
        ("SUCCEEDED", "registered", "Registered"),
        ("SUCCEEDED", "of a template", "Running"),
    ],
)
def test_the_status_of_a_run(status: str, outcome: str, word: str) -> None:
    assert f"{word} as of" in run_page(status=status, outcome=outcome).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_that_no_verdict_names_are_drawn_with_a_note(language: str) -> None:
    text = parse(page(language, version=None, is_judged=False)).text
    assert LANGUAGES[language]["not_judged"] in text
    assert LANGUAGES[language]["not_judged"] not in parse(page(language)).text


def test_addresses_end_lines_only_between_words() -> None:
    artifact = f"s3://artifacts/breast-cancer/{'9f' * 32}/config.yaml"
    text = page(version=version(artifact=artifact, revision="9f" * 32))
    assert (
        '<dd class="address">s3://<wbr>artifacts/<wbr>breast-cancer/<wbr>9f9f9f9f9f9f9f9f<wbr>9f9f9f9f9f9f9f9f<wbr>'
        "9f9f9f9f9f9f9f9f<wbr>9f9f9f9f9f9f9f9f<wbr>/<wbr>config.yaml</dd>"
    ) in text
    assert "<dd>jin</dd>" in page(record=msgspec.structs.replace(EMPTY_RECORD, pushed_by="jin"))


def test_a_long_name_may_end_a_line_between_its_words() -> None:
    name = "area_under_the_receiver_operating_characteristic_curve"
    assert name.replace("_", "_<wbr>") in page(version=version(metrics={name: 0.9}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_drawn_is_named(language: str) -> None:
    plots = read_plots({}, {"roc": [1], "splits": {"train": 1}})
    text = parse(page(language, plots=plots, broken_files=("plots.json",))).text
    t = LANGUAGES[language]
    assert t["not_json"].format("plots.json") in text
    assert t["misshapen"].format("roc", "{false_positive_rates: [...], true_positive_rates: [...]}") in text
    assert t["misshapen"].format("splits", SHAPES["splits"]) in text


def test_splits_have_a_table_of_the_facts_that_are_known() -> None:
    splits = {"train": {"rows": 4550, "label_rate": 0.25}, "test": {"rows": 114, "from": "2026-07-01"}}
    document = parse(page(plots=read_plots({}, {"splits": splits})))
    assert read_table(document, "splits") == [
        ["Split", "Rows", "Label rate", "From"],
        ["train", "4,550", "0.2500", ""],
        ["test", "114", "", "2026-07-01"],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_other_test_data_no_value_is_called_better_or_worse(language: str) -> None:
    t = LANGUAGES[language]
    document = parse(page(language, different_data=("raw",)))
    assert t["other_data"].format("data.raw", t["baseline_serving"].format(2)) in document.text
    assert [row[-1] for row in read_table(document, "metrics")[1:3]] == ["−0.0200", "−0.0500"]


@pytest.mark.parametrize(
    ("language", "different", "equal"),
    [
        (
            "en",
            "Answers beside the predictions of the evaluation: 3 of 5 rows differ; first row 2: evaluation 0.913, "
            "model <b>'이탈'</b>",
            "Answers beside the predictions of the evaluation: all 5 rows are equal",
        ),
        (
            "ko",
            "모델의 답과 평가의 예측: 3/5행이 다릅니다. 첫 차이는 2행: 평가 0.913, 모델 <b>'이탈'</b>",
            "모델의 답과 평가의 예측: 5행이 모두 같습니다",
        ),
    ],
)
def test_answers_stand_beside_those_of_the_evaluation(language: str, different: str, equal: str) -> None:
    verdict = build_verdict({})
    differing = version(verdict=msgspec.structs.replace(verdict, serving=SERVING))
    assert different in parse(page(language, version=differing)).text
    same = (RowComparison(subject="predictions", outcome="equal", rows=5),)
    passed = msgspec.structs.replace(verdict, serving=msgspec.structs.replace(SERVING, comparisons=same))
    assert equal in parse(page(language, version=version(verdict=passed))).text


@pytest.fixture
def environment() -> Iterator[Environment]:
    """The environment of templates, which has compiled none yet."""
    pages._create_environment.cache_clear()
    yield pages._create_environment()
    pages._create_environment.cache_clear()


def test_templates_are_compiled_once_for_all_runs(environment: Environment, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    pages.keep_compiled_templates(folder)
    first = page()
    assert {path.suffix for path in folder.iterdir()} == {".cache"}
    pages._create_environment.cache_clear()
    pages.keep_compiled_templates(folder)
    later = pages._create_environment()
    later.compile = None  # type: ignore[assignment]
    assert page() == first


def test_a_folder_that_cannot_be_written_costs_time_only(environment: Environment, tmp_path: Path) -> None:
    """A full disk raises OSError as this file does, which is where the folder should be."""
    (tmp_path / "templates").write_text("")
    pages.keep_compiled_templates(tmp_path / "templates")
    assert environment.bytecode_cache is not None
    assert "</html>" in page()


def test_a_broken_compiled_template_is_compiled_again(environment: Environment, tmp_path: Path) -> None:
    pages.keep_compiled_templates(tmp_path)
    first = page()
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:100])
    pages._create_environment.cache_clear()
    pages.keep_compiled_templates(tmp_path)
    assert page() == first
