"""A search goes on from those of earlier runs, which are found when the run starts."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import PushError
from pushtrain.launch.parent_searches import freeze_parent_searches
from pushtrain.layout import build_input_key, build_result_key
from pushtrain.platform import Platform
from pushtrain.record import IDENTICAL, TRANSFER, ParentSearches, RecordedStep, RunRecord
from tests.sample_record import RECORD
from tests.sample_result import PREPARED, RESULT

RUN = "0123456789ab-0a1b2c"
CONFIG = f"""model: churn
train:
  framework: sklearn 1.2-1
  metrics: {{auc: 'a=(.*)'}}
  tune: {{maximize: auc, trials: 2, ranges: {{rate: [1, 2]}}, from: {RUN}}}
"""
PARTS = {"files": "f", "image": "i", "inputs": "d"}
SEARCH = msgspec.structs.replace(PREPARED, step="train", kind="tuning", name="pushtrain-1-aa-0-0")
RUN_RESULT = msgspec.structs.replace(RESULT, run=RUN, jobs=(PREPARED, SEARCH))


def build_record(**changes: Any) -> RunRecord:
    tune = {"maximize": "auc", "minimize": None, "ranges": {"rate": [1, 2]}}
    record = msgspec.structs.replace(
        RECORD,
        parameters={"train": {"hyperparameters": {"depth": 3}, "tune": tune | changes.pop("tune", {})}},
        steps={"train": RecordedStep(cache=False, parts=PARTS | changes.pop("parts", {}), inputs={}, unread=())},
    )
    return msgspec.structs.replace(record, **changes)


class NoSuchKey(Exception):
    """S3's error."""


class ArtifactBucket:
    """An artifact bucket with documents by their keys."""

    class exceptions:  # noqa: N801 - as boto3 has it
        NoSuchKey = NoSuchKey

    def __init__(self, documents: dict[str, str]) -> None:
        self.documents = documents

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - names of the API
        if Key not in self.documents:
            raise NoSuchKey
        return {"Body": io.BytesIO(self.documents[Key].encode())}


def freeze(earlier: RunRecord | None, ended: Any = RUN_RESULT, config: str = CONFIG) -> RunRecord:
    documents = {build_result_key("churn", RUN): ended if isinstance(ended, str) else ended.to_json()}
    if earlier:
        documents[build_input_key("churn", RUN)] = earlier.to_json()
    loaded = load_config(config.encode()).config
    return freeze_parent_searches(ArtifactBucket(documents), loaded, build_record(), Platform.local())


@pytest.mark.parametrize(
    ("parts", "kind"), [({}, IDENTICAL), ({"settings": "other"}, IDENTICAL), ({"inputs": "other"}, TRANSFER)]
)
def test_the_record_names_the_tuning_job_and_whether_data_and_code_are_the_same(
    parts: dict[str, str], kind: str
) -> None:
    record = freeze(build_record(parts=parts))
    assert record.searches == {"train": ParentSearches(runs=(RUN,), jobs=("pushtrain-1-aa-0-0",), type=kind)}


def test_of_a_run_that_was_redriven_the_last_search_counts() -> None:
    again = msgspec.structs.replace(SEARCH, name="pushtrain-1-aa-1-0")
    ended = msgspec.structs.replace(RUN_RESULT, jobs=(SEARCH, again))
    assert freeze(build_record(), ended).searches["train"].jobs == ("pushtrain-1-aa-1-0",)


def test_without_from_nothing_is_read() -> None:
    assert freeze(None, config=CONFIG.replace(f", from: {RUN}", "")).searches == {}


@pytest.mark.parametrize(
    ("earlier", "ended", "message"),
    [
        (None, RUN_RESULT, f"train.tune.from: churn has no run {RUN} that has ended on this platform"),
        (
            build_record(),
            RESULT,
            f"train.tune.from: run {RUN} has no search in the step 'train'. Name a run that searched there",
        ),
        (
            build_record(),
            "{}",
            f"train.tune.from: this version of pushtrain cannot read run {RUN}: its schema is null, expected 1",
        ),
        (
            build_record(environment="dev"),
            RUN_RESULT,
            f"train.tune.from: "
            f"run {RUN} is of environment dev, and this one of prod. Name a run of the same environment",
        ),
        (
            build_record(tune={"maximize": None, "minimize": "auc"}),
            RUN_RESULT,
            f"train.tune.from: "
            f"the search of run {RUN} has minimize auc, and this one maximize auc. AWS goes on only with the "
            "same metric",
        ),
        (
            build_record(tune={"ranges": {"momentum": [1, 2]}}),
            RUN_RESULT,
            f"train.tune.from: "
            f"the search of run {RUN} has the hyperparameters depth, momentum, and this one depth, rate. AWS goes on "
            "only with the same ones",
        ),
    ],
    ids=["none", "no-search", "unreadable", "environment", "metric", "hyperparameters"],
)
def test_a_run_from_which_aws_would_not_go_on_is_refused(earlier: RunRecord | None, ended: Any, message: str) -> None:
    with pytest.raises(PushError) as raised:
        freeze(earlier, ended)
    assert str(raised.value) == message


def test_a_fixed_hyperparameter_may_be_searched_now() -> None:
    """AWS counts fixed and searched ones together."""
    tune = {"maximize": "auc", "ranges": {"depth": [1, 2]}}
    earlier = msgspec.structs.replace(
        build_record(), parameters={"train": {"hyperparameters": {"rate": 1}, "tune": tune}}
    )
    assert freeze(earlier).searches["train"].runs == (RUN,)
