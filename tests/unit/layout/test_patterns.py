"""IAM patterns match the keys that they are for, and no record of a run is one that a job may write."""

from __future__ import annotations

from fnmatch import fnmatchcase

from pushtrain import layout
from tests.layout_keys import ANSWERS, EVALUATION, KEYS


def test_every_pattern_matches_a_key() -> None:
    config, manifest = (KEYS["build_revision_prefix"] + name for name in (layout.CONFIG, layout.MANIFEST))
    patterns = [pattern for name, pattern in vars(layout).items() if name.startswith("ALL_")]
    assert len(patterns) > 10
    assert [
        p
        for p in patterns
        if not any(fnmatchcase(key, p) for key in (*KEYS.values(), EVALUATION, ANSWERS, config, manifest))
    ] == []


def test_no_job_can_write_a_record_or_a_report() -> None:
    writable = {name for name, key in KEYS.items() if fnmatchcase(key, layout.build_job_outputs_pattern(layout.ANY))}
    assert writable == {
        "build_answers_prefix",
        "build_checkpoints_prefix",
        "build_job_prefix",
        "build_latency_key",
        "build_served_features_key",
        "build_output_key",
        "build_packages_key",
        "build_plots_key",
        "build_predictions_key",
        "build_features_key",
    }


def test_a_pattern_of_models_matches_their_keys_only() -> None:
    pattern = layout.build_sources_pattern("churn-*")
    assert fnmatchcase(layout.build_source_key("churn-eu", "8d969e"), pattern)
    assert not fnmatchcase(layout.build_source_key("fraud", "8d969e"), pattern)
