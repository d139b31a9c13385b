"""IAM patterns of the keys of all buckets: `*` stands for any characters, also for `/`. Pure.

A function takes a model or a pattern of models, such as `churn-*`, which may have `*` at its end only.
"""

from pushtrain.layout.code_bucket import PUSHES_PREFIX
from pushtrain.layout.file_names import CONFIG, EVALUATION_FILE, MANIFEST
from pushtrain.layout.job_files import build_answers_prefix, build_output_key, build_plots_key, build_predictions_key
from pushtrain.layout.model_files import (
    build_definitions_prefix,
    build_forgotten_key,
    build_lineage_key,
    build_listing_key,
    build_problems_key,
    build_reuse_key,
    build_sources_prefix,
    build_unfinished_key,
)
from pushtrain.layout.run_files import (
    build_input_key,
    build_job_prefix,
    build_report_key,
    build_result_key,
    build_runs_prefix,
    build_verdict_key,
)
from pushtrain.layout.run_pointers import build_run_pointer_key, build_start_key
from pushtrain.layout.score_files import build_score_answers_prefix, build_score_rows_key
from pushtrain.layout.serving_bucket import build_approved_key, build_approved_version_key
from pushtrain.layout.version_index import build_version_index_key

ANY = "*"


def build_pushed_files_pattern(model: str) -> str:
    """Return the pattern of everything that is pushed of the models: `model-repos/churn/*`."""
    return f"{PUSHES_PREFIX}{model}/{ANY}"


def build_pushed_configs_pattern(model: str) -> str:
    """Return the pattern of each config.yaml: `model-repos/churn/*/config.yaml`."""
    return f"{PUSHES_PREFIX}{model}/{ANY}/{CONFIG}"


def build_pushed_manifests_pattern(model: str) -> str:
    """Return the pattern of the hashes of pushed files: `model-repos/churn/*/manifest.json`."""
    return f"{PUSHES_PREFIX}{model}/{ANY}/{MANIFEST}"


def build_sources_pattern(model: str) -> str:
    """Return the pattern of packed code: `churn/source/*`."""
    return build_sources_prefix(model) + ANY


def build_run_files_pattern(model: str) -> str:
    """Return the pattern of everything that belongs to runs: `churn/runs/*`."""
    return build_runs_prefix(model) + ANY


def build_job_outputs_pattern(model: str) -> str:
    """Return the pattern of what jobs write: `churn/runs/*/*/*`.

    It lies two folders below the run, so that no job can write the run's record, verdict, result or report.
    """
    return build_job_prefix(model, ANY, ANY, ANY)


def build_model_files_pattern(model: str) -> str:
    """Return the pattern of everything that the artifact or serving bucket has of the models: `churn/*`."""
    return f"{model}/{ANY}"


def build_score_rows_pattern(model: str) -> str:
    """Return the pattern of rows that approved models are to answer: `.scores/requests/churn/*`."""
    return build_score_rows_key(model, ANY)


def build_score_answers_pattern(model: str) -> str:
    """Return the pattern of the answers to them: `.scores/answers/churn/*/*`."""
    return build_score_answers_prefix(model, ANY) + ANY


def build_approved_documents_pattern(model: str) -> str:
    """Return the pattern of the documents about approved versions: `churn/*/approved.json`."""
    return build_approved_version_key(model, ANY)


def build_approved_models_pattern(model: str) -> str:
    """Return the pattern of the copies of approved models: `churn/*/model.tar.gz`."""
    return f"{model}/{ANY}/model.tar.gz"


def build_decisions_pattern(model: str) -> str:
    """Return the pattern of the decisions about a model's versions: `churn/*/decisions/*`."""
    return f"{model}/{ANY}/decisions/{ANY}"


ALL_PUSHED_FILES = build_pushed_files_pattern(ANY)
ALL_SOURCES = build_sources_pattern(ANY)
ALL_DEFINITIONS = build_definitions_prefix(ANY) + ANY
ALL_RUN_POINTERS = build_run_pointer_key(ANY, ANY)
ALL_STARTS = build_start_key(ANY, ANY, ANY)
ALL_PROBLEMS = build_problems_key(ANY, ANY)
ALL_REUSE_INDEXES = build_reuse_key(ANY)
ALL_LINEAGE_INDEXES = build_lineage_key(ANY)
ALL_FORGOTTEN = build_forgotten_key(ANY)
ALL_LISTINGS = build_listing_key(ANY, ANY)
ALL_INPUTS = build_input_key(ANY, ANY)
ALL_UNFINISHED = build_unfinished_key(ANY, ANY, ANY)
ALL_REPORTS = build_report_key(ANY, ANY)
ALL_VERDICTS = build_verdict_key(ANY, ANY)
ALL_VERSION_INDEXES = build_version_index_key(ANY)
ALL_RESULTS = build_result_key(ANY, ANY)
ALL_EVALUATIONS = build_output_key(build_job_prefix(ANY, ANY, ANY, ANY), f"{ANY}/{EVALUATION_FILE}")
ALL_PLOTS = build_plots_key(ALL_EVALUATIONS)
ALL_PREDICTIONS = build_predictions_key(ALL_EVALUATIONS)
ALL_ANSWERS = f"{build_answers_prefix(build_job_prefix(ANY, ANY, ANY, ANY))}/{ANY}"
ALL_JOB_OUTPUTS = build_job_outputs_pattern(ANY)
ALL_RUN_FILES = build_run_files_pattern(ANY)
ALL_APPROVED_DOCUMENTS = build_approved_key(ANY)
ALL_DECISIONS = build_decisions_pattern(ANY)
