"""A plan says if a search that `tune.from` names cannot be continued."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import Problem
from pushtrain.layout import build_input_key, build_result_key
from pushtrain.plans.parent_searches import check_parent_searches
from pushtrain.platform import Platform
from tests.unit.launch.test_parent_searches import CONFIG, RUN, RUN_RESULT, ArtifactBucket, build_record


@pytest.mark.parametrize(
    ("config", "has_run", "problem"),
    [
        (CONFIG, False, f"train.tune.from: churn has no run {RUN} that has ended on this platform"),
        (CONFIG, True, None),
        (CONFIG.replace(f", from: {RUN}", ""), False, None),
    ],
)
def test_a_push_is_refused_because_of_an_earlier_search(config: str, has_run: bool, problem: str | None) -> None:
    documents = {
        build_input_key("churn", RUN): build_record().to_json(),
        build_result_key("churn", RUN): RUN_RESULT.to_json(),
    }
    bucket = ArtifactBucket(documents if has_run else {})
    refusal = check_parent_searches(bucket, load_config(config.encode()).config, build_record(), Platform.local())
    assert refusal == (Problem(message=problem, file="push") if problem else None)
