"""Keys of the artifact bucket that belong to a run: its documents, and where its jobs write. Pure."""

import re

_RUN_FILE_KEY = re.compile(r"([^/]+)/runs/([^/]+)/.+", re.DOTALL)


def build_runs_prefix(model: str) -> str:
    """Return the prefix of a model's runs: `churn/runs/`. A run id follows."""
    return f"{model}/runs/"


def build_input_key(model: str, run: str) -> str:
    """Return the key of a run's record: `churn/runs/3f1c9a-0b42de/input.json`."""
    return f"{_build_run_prefix(model, run)}input.json"


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


def parse_run_file_key(key: str) -> tuple[str, str] | None:
    """Return model and run of a file in the folder of a run: `churn/runs/3f1c9a-0b42de/report.html`."""
    match = _RUN_FILE_KEY.fullmatch(key)
    return (match[1], match[2]) if match else None


def read_job_run(job_prefix: str) -> str:
    """Return the run in the prefix of a job: `3f1c9a-0b42de`; empty if it is not the prefix of a job."""
    match = re.fullmatch(build_job_prefix("[^/]+", "([^/]+)", "[^/]+", "[^/]+"), job_prefix)
    return match[1] if match else ""


def read_job_step(output_key: str) -> str:
    """Return the step whose job wrote an output: `train`; empty if it is not the key of an output."""
    match = re.fullmatch(build_job_prefix("[^/]+", "[^/]+", "([^/]+)", "[^/]+") + "/.+", output_key, re.DOTALL)
    return match[1] if match else ""


def _build_run_prefix(model: str, run: str) -> str:
    return f"{build_runs_prefix(model)}{run}/"
