"""The S3 layout: every key, prefix and IAM pattern of the code, artifact and serving buckets. Pure.

A key function takes names and returns a key. The same function makes a template of States.Format if it gets `{}` for a
name, and an IAM pattern if it gets `*`. A prefix ends in `/`, because S3 compares prefixes as text.
Nothing outside this module spells a key: a change of the layout is a change of this module.
"""

from __future__ import annotations

import re

CONFIG = "config.yaml"
MANIFEST = "manifest.json"
EVALUATION_FILE = "evaluation.json"
PLOTS_FILE = "plots.json"
PREDICTIONS_FILE = "request_predictions.csv"  # what a model is to answer to the requests of its serving test
FEATURES_FILE = "request_features.csv"  # what its inference code is to make of these requests
SOURCE_ARCHIVE = "sourcedir.tar.gz"  # the SageMaker SDK uses the same name
START_FILE = "pushtrain_start.py"  # pushtrain's own file at the root of that archive: it starts the script of a step
PRICE_TABLE = "prices.yaml"  # no model can have this name, because names of models contain no dot

# --- code bucket

PUSHES_PREFIX = "model-repos/"
# The upload of a key with this prefix and suffix is a push.
PUSH_FILTER = {"prefix": PUSHES_PREFIX, "suffix": f"/{CONFIG}"}
_PUSH_KEY = re.compile(rf"{PUSHES_PREFIX}([^/]+)/([^/]+)/{re.escape(CONFIG)}")


def build_revision_prefix(model: str, revision: str) -> str:
    """Return the prefix of a pushed revision: `model-repos/churn/3f1c9a/`. Paths in the model repo follow."""
    return f"{PUSHES_PREFIX}{model}/{revision}/"


def build_compared_key(model: str, run: str) -> str:
    """Return the key of what `reproduce` found about a run's model: `model-repos/churn/.compared/3f1c9a-0b42de.json`.

    People who push write it, and they may write nowhere else. No revision is called `.compared`.
    """
    return f"{PUSHES_PREFIX}{model}/.compared/{run}.json"


def parse_push_key(key: str) -> tuple[str, str] | None:
    """Return model and revision if `key` is the config.yaml of a push: `model-repos/churn/3f1c9a/config.yaml`."""
    match = _PUSH_KEY.fullmatch(key)
    return (match[1], match[2]) if match else None


# --- artifact bucket: what the handler of pushes writes

RUN_POINTERS_PREFIX = ".runs/"  # a run id follows


def build_source_key(model: str, content_hash: str) -> str:
    """Return the key of packed code: `churn/source/8d969e/sourcedir.tar.gz`."""
    return f"{_build_sources_prefix(model)}{content_hash}/{SOURCE_ARCHIVE}"


def build_definition_key(model: str, definition_hash: str) -> str:
    """Return the key of the record that names a definition's state machine version: `churn/definitions/5e8848.json`."""
    return f"{_build_definitions_prefix(model)}{definition_hash}.json"


def build_reuse_key(model: str) -> str:
    """Return the key of the document that lists the jobs whose results later runs may reuse: `churn/reuse.json`."""
    return f"{model}/reuse.json"


def build_lineage_key(model: str) -> str:
    """Return the key of the document that lists the inputs of a model's runs: `churn/lineage.json`."""
    return f"{model}/lineage.json"


def build_listing_key(model: str, identity: str) -> str:
    """Return the key of the listing of a data version: `churn/listings/2c26b4.json`."""
    return f"{model}/listings/{identity}.json"


def build_forgotten_key(model: str) -> str:
    """Return the key of the document that lists jobs that no run may reuse any more: `.forgotten/churn.json`.

    People who push write it. It lies in no model's folder, so that the IAM pattern matches no output of a job, whatever
    the folders of the job are called. Names of models contain no dot.
    """
    return f".forgotten/{model}.json"


def build_run_pointer_key(run: str, model: str) -> str:
    """Return the key of the empty object that says which model a run is of: `.runs/3f1c9a-0b42de/churn`.

    The folder is that of no model, so that one listing with the beginning of a run id has the runs of all models.
    """
    return f"{RUN_POINTERS_PREFIX}{run}/{model}"


def build_problems_key(model: str, revision: str) -> str:
    """Return the key of the document that says why a push was refused: `churn/pushes/3f1c9a/problems.json`."""
    return f"{model}/pushes/{revision}/problems.json"


def build_unfinished_key(model: str, step: str, step_hash: str) -> str:
    """Return the key of the document about checkpoints that a next run may continue.

    An example is `churn/unfinished/train/8d969e.json`. `on_run_end` writes it too.
    """
    return f"{model}/unfinished/{step}/{step_hash}.json"


def build_input_key(model: str, run: str) -> str:
    """Return the key of a run's record: `churn/runs/3f1c9a-0b42de/input.json`."""
    return f"{_build_run_prefix(model, run)}input.json"


def _build_sources_prefix(model: str) -> str:
    return f"{model}/source/"


def _build_definitions_prefix(model: str) -> str:
    return f"{model}/definitions/"


# --- artifact bucket: what a run writes


def build_runs_prefix(model: str) -> str:
    """Return the prefix of a model's runs: `churn/runs/`. A run id follows."""
    return f"{model}/runs/"


def build_report_key(model: str, run: str) -> str:
    """Return the key of a run's report: `churn/runs/3f1c9a-0b42de/report.html`."""
    return f"{_build_run_prefix(model, run)}report.html"


def build_verdict_key(model: str, run: str) -> str:
    """Return the key of a run's verdict, which says whether it passed: `churn/runs/3f1c9a-0b42de/verdict.json`."""
    return f"{_build_run_prefix(model, run)}verdict.json"


def build_result_key(model: str, run: str) -> str:
    """Return the key of the document that says how a run ended: `churn/runs/3f1c9a-0b42de/result.json`."""
    return f"{_build_run_prefix(model, run)}result.json"


def build_checkpoints_prefix(model: str, run: str, step: str) -> str:
    """Return the prefix of a step's checkpoints: `churn/runs/3f1c9a-0b42de/checkpoints/train/`."""
    return f"{_build_run_prefix(model, run)}checkpoints/{step}/"


def build_step_prefix(model: str, run: str, step: str) -> str:
    """Return where the jobs of a step write, without a last `/`: `churn/runs/3f1c9a-0b42de/train`.

    It is the S3OutputPath of a training job: SageMaker appends `/<job>/output/model.tar.gz`.
    """
    return f"{_build_run_prefix(model, run)}{step}"


def build_job_prefix(model: str, run: str, step: str, job: str) -> str:
    """Return where a job writes, without a last `/`: `churn/runs/3f1c9a-0b42de/train/job-1`."""
    return f"{build_step_prefix(model, run, step)}/{job}"


def read_job_run(job_prefix: str) -> str:
    """Return the run in the prefix of a job: `3f1c9a-0b42de`; empty if it is not the prefix of a job."""
    match = re.fullmatch(build_job_prefix("[^/]+", "([^/]+)", "[^/]+", "[^/]+"), job_prefix)
    return match[1] if match else ""


def read_job_step(output_key: str) -> str:
    """Return the step whose job wrote an output: `train`; empty if it is not the key of an output."""
    match = re.fullmatch(build_job_prefix("[^/]+", "[^/]+", "([^/]+)", "[^/]+") + "/.+", output_key, re.DOTALL)
    return match[1] if match else ""


def build_output_key(job_prefix: str, path: str) -> str:
    """Return the key or prefix of a job's output: `churn/runs/3f1c9a-0b42de/train/job-1/output/model.tar.gz`.

    `path` is where the output lies below the prefix of the job: `output/model.tar.gz`, `rows/`.
    """
    return f"{job_prefix}/{path}"


def build_answers_prefix(job_prefix: str) -> str:
    """Return where a transform job writes, without a last `/`: `churn/runs/3f1c9a-0b42de/train/job-1/answers`.

    The answers to `rows.csv` are in `rows.csv.out` there.
    """
    return f"{job_prefix}/answers"


def build_latency_key(job_prefix: str) -> str:
    """Return the key of the times of a transform job: `churn/runs/3f1c9a-0b42de/train/job-1/latency.json`.

    It exists on this computer only.
    """
    return f"{job_prefix}/latency.json"


def build_served_features_key(job_prefix: str) -> str:
    """Return the key of what inference code made of the requests: `churn/runs/3f1c9a-0b42de/train/job-1/features.json`.

    It exists on this computer only.
    """
    return f"{job_prefix}/features.json"


def build_packages_key(job_prefix: str) -> str:
    """Return the key of a job's list of Python packages: `churn/runs/3f1c9a-0b42de/train/job-1/packages.json`."""
    return f"{job_prefix}/packages.json"


def build_plots_key(evaluation_key: str) -> str:
    """Return the key of the curves that an evaluate job wrote, beside its evaluation.json.

    An example is `churn/runs/3f1c9a-0b42de/evaluate/job-1/evaluation/plots.json`.
    """
    return f"{evaluation_key.rpartition('/')[0]}/{PLOTS_FILE}"


def build_predictions_key(evaluation_key: str) -> str:
    """Return the key of what an evaluate job expects as answers, beside its evaluation.json.

    An example is `churn/runs/3f1c9a-0b42de/evaluate/job-1/evaluation/request_predictions.csv`.
    """
    return f"{evaluation_key.rpartition('/')[0]}/{PREDICTIONS_FILE}"


def build_features_key(evaluation_key: str) -> str:
    """Return the key of the features with which an evaluate job predicted, beside its evaluation.json.

    An example is `churn/runs/3f1c9a-0b42de/evaluate/job-1/evaluation/request_features.csv`.
    """
    return f"{evaluation_key.rpartition('/')[0]}/{FEATURES_FILE}"


def _build_run_prefix(model: str, run: str) -> str:
    return f"{build_runs_prefix(model)}{run}/"


# --- what a key belongs to

_PUSHED_FILE_KEY = re.compile(rf"{PUSHES_PREFIX}([^/]+)/([^/]+)/(.+)", re.DOTALL)
_RUN_FILE_KEY = re.compile(r"([^/]+)/runs/([^/]+)/.+", re.DOTALL)
_RUN_POINTER_KEY = re.compile(build_run_pointer_key("([^/]+)", "([^/.]+)"))
_PROBLEMS_KEY = re.compile(build_problems_key("([^/]+)", "([^/]+)"))
_SOURCE_KEY = re.compile(build_source_key("[^/]+", "[^/]+"))
_LISTING_KEY = re.compile(build_listing_key("[^/]+", "[^/]+"))
_UNFINISHED_KEY = re.compile(build_unfinished_key("[^/]+", "[^/]+", "[^/]+"))


def parse_pushed_file_key(key: str) -> tuple[str, str] | None:
    """Return model and revision of a file of a push: `model-repos/churn/3f1c9a/train.py`."""
    match = _PUSHED_FILE_KEY.fullmatch(key)
    return (match[1], match[2]) if match else None


def parse_pushed_path(key: str) -> str:
    """Return the path in the model repo of a file of a push, such as `train.py`; empty if it is none."""
    match = _PUSHED_FILE_KEY.fullmatch(key)
    return match[3] if match else ""


def parse_problems_key(key: str) -> tuple[str, str] | None:
    """Return model and revision of a push that was refused: `churn/pushes/3f1c9a/problems.json`."""
    match = _PROBLEMS_KEY.fullmatch(key)
    return (match[1], match[2]) if match else None


def parse_run_file_key(key: str) -> tuple[str, str] | None:
    """Return model and run of a file in the folder of a run: `churn/runs/3f1c9a-0b42de/report.html`."""
    match = _RUN_FILE_KEY.fullmatch(key)
    return (match[1], match[2]) if match else None


def parse_run_pointer_key(key: str) -> tuple[str, str] | None:
    """Return model and run of a run's pointer: `.runs/3f1c9a-0b42de/churn`."""
    match = _RUN_POINTER_KEY.fullmatch(key)
    return (match[2], match[1]) if match else None


def is_source_key(key: str) -> bool:
    """Return True for packed code: `churn/source/8d969e/sourcedir.tar.gz`."""
    return bool(_SOURCE_KEY.fullmatch(key))


def is_listing_key(key: str) -> bool:
    """Return True for the listing of a data version: `churn/listings/2c26b4.json`."""
    return bool(_LISTING_KEY.fullmatch(key))


def is_unfinished_key(key: str) -> bool:
    """Return True for a document about checkpoints: `churn/unfinished/train/8d969e.json`."""
    return bool(_UNFINISHED_KEY.fullmatch(key))


# --- serving bucket


def build_approved_key(model: str) -> str:
    """Return the key of the document that names the version in serving: `churn/approved.json`."""
    return f"{model}/approved.json"


def build_approved_version_key(model: str, version: int) -> str:
    """Return the key of the document that describes one approved version: `churn/3/approved.json`."""
    return f"{model}/{version}/approved.json"


def build_approved_model_key(model: str, version: int) -> str:
    """Return the key of the copy of an approved model: `churn/3/model.tar.gz`."""
    return f"{model}/{version}/model.tar.gz"


def build_decisions_prefix(model: str, version: int) -> str:
    """Return the prefix of the decisions about a version: `churn/3/decisions/`."""
    return f"{model}/{version}/decisions/"


def build_decision_key(model: str, version: int, decided_at: str, status: str) -> str:
    """Return the key of one decision: `churn/3/decisions/2026-11-21T10:00:00.123+00:00-Approved.json`."""
    return f"{build_decisions_prefix(model, version)}{decided_at}-{status}.json"


# --- S3 URIs


def build_uri(bucket: str, key: str) -> str:
    """Return `s3://bucket/key`."""
    return f"s3://{bucket}/{key}"


def is_uri(text: str) -> bool:
    """Return True for `s3://bucket/key` and its beginnings from `s3://` on."""
    return text.startswith("s3://")


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of `s3://bucket/key`. The key is empty if `uri` has none."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


# --- IAM patterns: `*` stands for any characters, also for `/`

# A function takes a model or a pattern of models, such as `churn-*`, which may have `*` at its end only.

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
    return _build_sources_prefix(model) + ANY


def build_run_files_pattern(model: str) -> str:
    """Return the pattern of everything that belongs to runs: `churn/runs/*`."""
    return build_runs_prefix(model) + ANY


def build_job_outputs_pattern(model: str) -> str:
    """Return the pattern of what jobs write: `churn/runs/*/*/*`.

    It lies two folders below the run, so that no job can write the run's record, verdict, result or report.
    """
    return f"{_build_run_prefix(model, ANY)}{ANY}/{ANY}"


def build_model_files_pattern(model: str) -> str:
    """Return the pattern of everything that the artifact or serving bucket has of the models: `churn/*`."""
    return f"{model}/{ANY}"


def build_approved_models_pattern(model: str) -> str:
    """Return the pattern of the copies of approved models: `churn/*/model.tar.gz`."""
    return f"{model}/{ANY}/model.tar.gz"


def build_decisions_pattern(model: str) -> str:
    """Return the pattern of the decisions about a model's versions: `churn/*/decisions/*`."""
    return f"{model}/{ANY}/decisions/{ANY}"


ALL_PUSHED_FILES = build_pushed_files_pattern(ANY)
ALL_SOURCES = build_sources_pattern(ANY)
ALL_DEFINITIONS = _build_definitions_prefix(ANY) + ANY
ALL_RUN_POINTERS = build_run_pointer_key(ANY, ANY)
ALL_PROBLEMS = build_problems_key(ANY, ANY)
ALL_REUSE_INDEXES = build_reuse_key(ANY)
ALL_LINEAGE_INDEXES = build_lineage_key(ANY)
ALL_FORGOTTEN = build_forgotten_key(ANY)
ALL_LISTINGS = build_listing_key(ANY, ANY)
ALL_INPUTS = build_input_key(ANY, ANY)
ALL_UNFINISHED = build_unfinished_key(ANY, ANY, ANY)
ALL_REPORTS = build_report_key(ANY, ANY)
ALL_VERDICTS = build_verdict_key(ANY, ANY)
ALL_RESULTS = build_result_key(ANY, ANY)
ALL_EVALUATIONS = build_output_key(build_job_prefix(ANY, ANY, ANY, ANY), f"{ANY}/{EVALUATION_FILE}")
ALL_PLOTS = build_plots_key(ALL_EVALUATIONS)
ALL_PREDICTIONS = build_predictions_key(ALL_EVALUATIONS)
ALL_ANSWERS = f"{build_answers_prefix(build_job_prefix(ANY, ANY, ANY, ANY))}/{ANY}"
ALL_JOB_OUTPUTS = build_job_outputs_pattern(ANY)
ALL_RUN_FILES = build_run_files_pattern(ANY)
ALL_APPROVED_DOCUMENTS = build_approved_key(ANY)
ALL_DECISIONS = build_decisions_pattern(ANY)
