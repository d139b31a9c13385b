"""What a model version says in the registry's metadata, which have at most 50 entries."""

from __future__ import annotations

import pytest

from pushtrain.config import ARTIFACT_METADATA, REPORT_METADATA, VERDICT_METADATA, Config, names_verdict
from pushtrain.config.registry_metadata import MAX_METADATA, OWN_METADATA
from pushtrain.platform import Platform
from pushtrain.record import RUN_METADATA
from pushtrain.workflow.registration import build_model_package_request
from tests.unit.config.sample_configs import FULL, SMALL, list_problems, load


def build_config(conditions: int, ranges: int = 0) -> Config:
    when = ", ".join(f"{{metric: '정확도 {number}', at_least: 0}}" for number in range(conditions))
    names = ", ".join(f"p{number}: [1, 2]" for number in range(ranges))
    tune = f", metrics: {{auc: 'auc=(.*);'}}, tune: {{maximize: auc, ranges: {{{names}}}, trials: 2}}" if ranges else ""
    train = f"train: {{framework: sklearn 1.2-1{tune}}}"
    return load(f"model: m\n{train}\nevaluate: {{framework: sklearn 1.2-1}}\nregister: {{when: [{when}]}}\n")


def list_keys(config: Config) -> set[str]:
    metadata = build_model_package_request(config, Platform.local())["CustomerMetadataProperties"]
    return {key.removesuffix(".$") for key in metadata}


@pytest.mark.parametrize(("conditions", "ranges"), [(120, 0), (39, 1), (11, 29)])
def test_the_verdict_is_named_if_metrics_and_searched_values_do_not_fit(conditions: int, ranges: int) -> None:
    config = build_config(conditions, ranges)
    keys = list_keys(config)
    assert names_verdict(config)
    assert set(VERDICT_METADATA) < keys
    assert not [key for key in keys if key.startswith(("metric.", "tuned."))]
    assert {"run", "revision", "report", "artifact_version"} < keys
    assert len(keys) < MAX_METADATA


def test_metrics_that_fit_are_entries_of_their_own() -> None:
    config = build_config(39)
    keys = list_keys(config)
    assert not names_verdict(config)
    assert len([key for key in keys if key.startswith("metric.")]) == 39
    assert not keys & set(VERDICT_METADATA)
    assert len(keys) == MAX_METADATA - 1  # one stays free


def test_what_always_stays_fits_with_the_most_data() -> None:
    entries = "".join(f"  d{number}: s3://lake/d{number}/\n" for number in range(20))
    assert list_problems(f"{SMALL}data:\n{entries}  d20: s3://lake/\n") == [
        "config.yaml:3  data: 21 data entries are too many; at most 20 fit in the request"
    ]
    assert 20 + OWN_METADATA + 1 + len(VERDICT_METADATA) <= MAX_METADATA  # 1: the candidate that won


def test_all_metadata_that_a_model_package_gets_are_counted() -> None:
    package = build_model_package_request(load(FULL), Platform.local(""))
    names = {key.removesuffix(".$") for key in package["CustomerMetadataProperties"]}
    data_and_metrics = {name for name in names if name.startswith(("data.", "metric."))}
    own_names = {"revision", "run", "config", "environment", "pushed_by", "author", "report", *ARTIFACT_METADATA}
    assert names - data_and_metrics == own_names
    assert {*RUN_METADATA, REPORT_METADATA, *ARTIFACT_METADATA} == own_names
    assert len(own_names) < OWN_METADATA < MAX_METADATA
