"""What a version was built from, on its page."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.registry import EarlierVersion
from tests.sample_verdict import build_verdict
from tests.unit.report.html_view import parse
from tests.unit.report.report_facts import EVIL, page, version


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "<dt>Same as earlier version</dt><dd>same code, data and parameters as version 1</dd>"),
        ("ko", "<dt>같은 이전 버전</dt><dd>코드, 데이터, 매개변수가 버전 1과(와) 같음</dd>"),
    ],
)
def test_a_version_of_the_very_same_is_told_of(language: str, said: str) -> None:
    assert said in page(language, earlier_version=EarlierVersion(numbers=(1,)))
    assert said.partition("</dt>")[0] not in page(language)


def test_data_that_changed_during_the_run_is_named() -> None:
    assert "<dt>Data that changed during the run</dt><dd>raw, labels</dd>" in page("en", data_changed=("raw", "labels"))
    assert "changed during the run" not in page("en")


def test_what_an_endpoint_would_run_is_shown() -> None:
    verdict = msgspec.structs.replace(build_verdict({"auc": 1.0}), raw_fields={"train": {"InfraCheckConfig": {}}})
    inference = {"image": "image:1", "environment": {"THRESHOLD": EVIL}}
    text = parse(page("en", version=version(inference=inference, verdict=verdict))).text
    assert f"Endpoint variable THRESHOLD {EVIL}" in text
    assert 'Raw fields of train {"InfraCheckConfig": {}}' in text
