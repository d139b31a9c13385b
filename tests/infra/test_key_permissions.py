"""Which role may write and read each key of `pushtrain.layout`: its IAM patterns match the keys that they are for."""

from __future__ import annotations

import functools

import pytest

from infra import names as n
from infra.grants import Grant
from infra.handler_grants import approval_grants, decide_grants, push_grants, run_end_grants
from infra.names import Names
from infra.run_grants import jobs_grants, states_grants
from infra.score_grants import let_models_answer, score_grants, score_jobs_grants
from infra.settings import parse_settings
from infra.teams import build_only_team
from pushtrain.layout import MANIFEST, PRICE_TABLE
from tests.infra.conftest import SETTINGS
from tests.infra.evaluator import matches
from tests.layout_keys import EVALUATION, KEYS

NAMES = Names(parse_settings(SETTINGS.encode(), environment="test"))
RUN_READERS = "jobs run-end approval"
# Key, its bucket, who may write it, and which handlers, runs and jobs may read it.
PERMISSIONS = [
    (KEYS["build_revision_prefix"] + "train.py", n.CODE, "jenkins", "push decide jobs"),
    (KEYS["build_revision_prefix"] + MANIFEST, n.CODE, "jenkins", "push decide jobs"),
    (KEYS["build_compared_key"], n.CODE, "jenkins", "push decide jobs"),
    (KEYS["build_source_key"], n.ARTIFACTS, "push", "jobs"),
    (KEYS["build_definition_key"], n.ARTIFACTS, "push", "push"),
    (KEYS["build_run_pointer_key"], n.ARTIFACTS, "push", ""),
    (KEYS["build_start_key"], n.ARTIFACTS, "push", ""),
    (KEYS["build_problems_key"], n.ARTIFACTS, "push", ""),
    (KEYS["build_unfinished_key"], n.ARTIFACTS, "push run-end", "push run-end"),
    (KEYS["build_reuse_key"], n.ARTIFACTS, "run-end", "push run-end"),
    (KEYS["build_lineage_key"], n.ARTIFACTS, "run-end", "run-end approval"),
    (KEYS["build_version_index_key"], n.ARTIFACTS, "run-end approval", "run-end approval"),
    (KEYS["build_listing_key"], n.ARTIFACTS, "push", ""),
    (KEYS["build_forgotten_key"], n.ARTIFACTS, "jenkins", "push"),
    (KEYS["build_input_key"], n.ARTIFACTS, "push", f"push {RUN_READERS}"),
    (KEYS["build_report_key"], n.ARTIFACTS, "run-end", RUN_READERS),
    (KEYS["build_result_key"], n.ARTIFACTS, "run-end", f"push {RUN_READERS}"),
    (KEYS["build_checkpoints_prefix"] + "epoch-1", n.ARTIFACTS, "jobs", RUN_READERS),
    (KEYS["build_job_prefix"] + "/rows/rows.csv", n.ARTIFACTS, "jobs", RUN_READERS),
    (KEYS["build_step_prefix"] + "/job-1/output/output.tar.gz", n.ARTIFACTS, "jobs", RUN_READERS),
    (KEYS["build_output_key"], n.ARTIFACTS, "jobs", RUN_READERS),
    (KEYS["build_answers_prefix"], n.ARTIFACTS, "jobs", RUN_READERS),  # decide reads a version of the answers only
    (KEYS["build_latency_key"], n.ARTIFACTS, "jobs", RUN_READERS),
    (KEYS["build_served_features_key"], n.ARTIFACTS, "jobs", RUN_READERS),
    (KEYS["build_packages_key"], n.ARTIFACTS, "jobs", RUN_READERS),
    (KEYS["build_plots_key"], n.ARTIFACTS, "jobs", RUN_READERS),
    (KEYS["build_predictions_key"], n.ARTIFACTS, "jobs", RUN_READERS),
    (KEYS["build_features_key"], n.ARTIFACTS, "jobs", RUN_READERS),
    (EVALUATION, n.ARTIFACTS, "jobs", RUN_READERS),  # decide reads a version of it only
    (KEYS["build_verdict_key"], n.ARTIFACTS, "decide", f"decide {RUN_READERS}"),
    (KEYS["build_score_rows_key"], n.ARTIFACTS, "scorer", "score-jobs"),
    (KEYS["build_score_answers_prefix"] + "8c1f0d.out", n.ARTIFACTS, "score-jobs", ""),
    (KEYS["build_approved_key"], n.SERVING, "approval", "push run-end approval"),
    (KEYS["build_approved_version_key"], n.SERVING, "approval", "push run-end approval score"),
    (KEYS["build_approved_model_key"], n.SERVING, "approval", "approval jobs score-jobs"),
    (KEYS["build_decision_key"], n.SERVING, "approval", "run-end approval"),
    (KEYS["build_decisions_prefix"] + "x.json", n.SERVING, "approval", "run-end approval"),
    (PRICE_TABLE, n.ARTIFACTS, "operator", "push run-end"),
]


@functools.cache
def list_grants() -> dict[str, list[Grant]]:
    """The grants of each role and person."""
    from infra.people import jenkins_grants, operator_grants

    return {
        "push": push_grants(NAMES, "key"),
        "states": states_grants(NAMES, "key"),
        "decide": decide_grants(NAMES, "key"),
        "jobs": jobs_grants(build_only_team(NAMES), "key"),
        "run-end": run_end_grants(NAMES, "key"),
        "approval": approval_grants(NAMES, "key"),
        "jenkins": jenkins_grants(build_only_team(NAMES), "key"),
        "operator": operator_grants(NAMES, "key"),
        "score": score_grants(build_only_team(NAMES), "key"),
        "score-jobs": score_jobs_grants(build_only_team(NAMES), "key"),
        "scorer": let_models_answer(build_only_team(NAMES)),
    }


def find_roles(action: str, bucket: str, key: str) -> set[str]:
    """Return the roles that a grant allows `action` on a key."""
    arn = NAMES.bucket_arn(bucket, key)
    return {
        role
        for role, grants in list_grants().items()
        if any(action in grant.actions and matches(pattern, arn) for grant in grants for pattern in grant.resources)
    }


@pytest.mark.parametrize(("key", "bucket", "writers", "readers"), PERMISSIONS)
def test_a_key_is_written_and_read_by_its_roles_only(key: str, bucket: str, writers: str, readers: str) -> None:
    assert find_roles("s3:PutObject", bucket, key) == set(writers.split())
    assert find_roles("s3:GetObject", bucket, key) - {"jenkins", "operator", "scorer"} == set(readers.split())


def test_decide_reads_versions_of_what_is_beside_the_evaluation_by_name_only() -> None:
    folder = EVALUATION.rpartition("/")[0]
    read = {
        name
        for name in ("evaluation.json", "plots.json", "request_predictions.csv", "predictions.csv", "customers.csv")
        if "decide" in find_roles("s3:GetObjectVersion", n.ARTIFACTS, f"{folder}/{name}")
    }
    assert read == {"evaluation.json", "plots.json", "request_predictions.csv"}


def test_nobody_who_may_forget_results_can_write_below_the_outputs_of_a_job() -> None:
    for name in ("reuse/forgotten.json", ".forgotten/churn.json", "forgotten.json"):
        assert find_roles("s3:PutObject", n.ARTIFACTS, f"{KEYS['build_job_prefix']}/rows/{name}") == {"jobs"}


def test_nobody_who_sends_rows_can_write_an_answer_or_an_output_of_a_job() -> None:
    answers = KEYS["build_score_answers_prefix"]
    for key in (f"{answers}requests/churn/8c1f0d", f"{KEYS['build_job_prefix']}/.scores/requests/churn/8c1f0d"):
        assert "scorer" not in find_roles("s3:PutObject", n.ARTIFACTS, key)


def test_the_permissions_of_every_key_are_tested() -> None:
    keys = [key for key, *_ in PERMISSIONS]
    assert [name for name, example in KEYS.items() if not any(key.startswith(example) for key in keys)] == []
