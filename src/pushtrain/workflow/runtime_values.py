"""Values that exist only at run time, as JSONPaths and intrinsics: job names, code, data and S3 URIs of outputs. Pure.

They are the values of `K.$` keys. A path leads into the execution input (`$$.Execution.Input`, see
`RunRecord.execution_input`) or into `$.jobs`, the results of earlier jobs of the run.
"""

from __future__ import annotations

from pushtrain import layout
from pushtrain.config import Config
from pushtrain.platform import Platform
from pushtrain.workflow import names
from pushtrain.workflow.states import format_string

RUN = "$$.Execution.Name"
COUNTERS = ("$$.Execution.RedriveCount", "$$.State.RetryCount")
CODE = "$$.Execution.Input.code"


def build_job_name(config: Config, platform: Platform, step: str) -> str:
    """Return the intrinsic that names a step's job, with a new name for each run, redrive and retry."""
    return format_string(_build_job_template(config, platform, step), RUN, *COUNTERS)


def build_data_path(name: str) -> str:
    """Return the path of a data entry's S3 URI in the execution input."""
    return f"$$.Execution.Input.data['{name}']"


def build_source_uri(config: Config, platform: Platform, name: str) -> str:
    """Return where a job reads the input `name`: an output of this run's preprocess job, else the data entry."""
    if config.preprocess and name in config.preprocess.outputs:
        key = layout.build_preprocess_prefix(config.model, "{}", "{}", name)
        return _format_uri(platform, key, RUN, "$.jobs.preprocess.name")
    return build_data_path(name)


def build_preprocess_output_uri(config: Config, platform: Platform, name: str) -> str:
    """Return where the preprocess job writes the output `name`."""
    job = _build_job_template(config, platform, "preprocess")
    key = layout.build_preprocess_prefix(config.model, "{}", job, name)
    return _format_uri(platform, key, RUN, RUN, *COUNTERS)


def build_evaluation_output_uri(config: Config, platform: Platform) -> str:
    """Return where the evaluate job writes evaluation.json."""
    job = _build_job_template(config, platform, "evaluate")
    key = layout.build_evaluation_prefix(config.model, "{}", job)
    return _format_uri(platform, key, RUN, RUN, *COUNTERS)


def build_training_output_uri(config: Config, platform: Platform) -> str:
    """Return the S3OutputPath of the training job."""
    return _format_uri(platform, layout.build_training_prefix(config.model, "{}"), RUN)


def build_checkpoints_uri(config: Config, platform: Platform) -> str:
    """Return where the run's checkpoints are."""
    return _format_uri(platform, layout.build_checkpoints_prefix(config.model, "{}"), RUN)


def build_model_uri(config: Config, platform: Platform) -> str:
    """Return the S3 URI of the trained model."""
    return _format_uri(platform, layout.build_model_key(config.model, "{}", "{}"), RUN, "$.jobs.train.name")


def build_evaluation_uri(config: Config, platform: Platform) -> str:
    """Return the S3 URI of the evaluate job's evaluation.json."""
    return _format_uri(platform, layout.build_evaluation_key(config.model, "{}", "{}"), RUN, "$.jobs.evaluate.name")


def build_evaluation_key(config: Config) -> str:
    """Return the key of evaluation.json in the artifact bucket."""
    return format_string(layout.build_evaluation_key(config.model, "{}", "{}"), RUN, "$.jobs.evaluate.name")


def build_report_uri(config: Config, platform: Platform) -> str:
    """Return the S3 URI of the report, which is written when the run has ended."""
    return _format_uri(platform, layout.build_report_key(config.model, "{}"), RUN)


def _build_job_template(config: Config, platform: Platform, step: str) -> str:
    """Return a job's name with `{}` for the run and each of the counters."""
    return names.build_job_stem(platform, config.model, step) + "-{}-{}-{}"


def _format_uri(platform: Platform, key: str, *paths: str) -> str:
    return format_string(layout.build_uri(platform.artifact_bucket, key), *paths)
