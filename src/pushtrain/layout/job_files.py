"""Keys of the artifact bucket below the prefix of a job: what the job wrote. Pure."""

from pushtrain.layout.file_names import FEATURES_FILE, PLOTS_FILE, PREDICTIONS_FILE


def build_output_key(job_prefix: str, path: str) -> str:
    """Return the key or prefix of a job's output: `churn/runs/3f1c9a-0b42de/train/job-1/output/model.tar.gz`.

    `path` is where the output lies below the prefix of the job: `output/model.tar.gz`, `rows/`.
    """
    return f"{job_prefix}/{path}"


def build_packages_key(job_prefix: str) -> str:
    """Return the key of a job's list of Python packages: `churn/runs/3f1c9a-0b42de/train/job-1/packages.json`."""
    return f"{job_prefix}/packages.json"


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
