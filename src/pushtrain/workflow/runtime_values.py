"""Values that exist only at run time, as JSONPaths and intrinsics: job names, code, data and S3 URIs of outputs. Pure.

They are the values of `K.$` keys. A path leads into the execution input (`$$.Execution.Input`, see
`RunRecord.execution_input`) or into `$.jobs`, the results of earlier jobs of the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pushtrain import layout
from pushtrain.platform import Platform
from pushtrain.record import build_path_name
from pushtrain.workflow import names
from pushtrain.workflow.states import format_string

if TYPE_CHECKING:
    from pushtrain.config import Config, Source

RUN = "$$.Execution.Name"
SHORT = "$$.Execution.Input.short"
REDRIVES = "$$.Execution.RedriveCount"
CODE = "$$.Execution.Input.code"
REUSE = "$$.Execution.Input.reuse."
SEARCHES = "$$.Execution.Input.searches."
CHAMPION = "$$.Execution.Input.champion"  # the model version in service when the run was started
CHAMPION_IMAGE = f"{CHAMPION}.image"
WITHOUT_CHAMPION = "$$.Execution.Input.without_champion"
JOBS = "$.jobs"  # the results of the jobs of a run, by step


def build_job_name(config: Config, platform: Platform, step: str, waits: str = "") -> str:
    """Return the intrinsic that names a step's job, with a new name for each run, redrive and wait for capacity.

    `waits` is the path of the number of waits so far; empty if the job does not wait in a loop. All retries of a call
    have one name, so that they cannot create a second job: see `states.build_api_retry`.
    """
    return format_string(_build_job_template(config, platform, step, waits), RUN, *_list_counters(waits))


def build_tuning_name(config: Config, platform: Platform, letters: str) -> str:
    """Return the intrinsic that names a tuning job: 32 characters with the longest stem. `letters` tell its step.

    SageMaker begins the names of the trials with it. The last counter is for retries of a job, which no Task has.
    """
    return format_string(f"{names.build_tuning_stem(platform, config.model)}-{{}}-{letters}-{{}}-0", SHORT, REDRIVES)


def build_data_path(name: str) -> str:
    """Return the path of a data entry's S3 URI in the execution input."""
    return f"$$.Execution.Input.data['{name}']"


def build_result_path(step: str) -> str:
    """Return the path of the result of a step's job: `$.jobs.train`."""
    return f"{JOBS}.{build_path_name(step)}"


def build_reuse_path(step: str) -> str:
    """Return the path of the earlier job that stands in for a step; it leads nowhere if the step runs."""
    return f"{REUSE}{build_path_name(step)}"


def build_job_prefix(config: Config, step: str, job_name: str) -> str:
    """Return the prefix of a step's job. `job_name` is the path of its name."""
    return format_string(layout.build_job_prefix(config.model, "{}", step, "{}"), RUN, job_name)


def build_source_uri(platform: Platform, source: Source, file: str = "", *, jobs: str = JOBS) -> str:
    """Return the S3 URI of a source, or of a file in it: below the prefix of the job that wrote it, or a data entry.

    `jobs` is the path of the results of the jobs.
    """
    if not source.step:
        return build_data_path(source.output)
    return _format_uri(platform, _build_source_template(source, file), _build_prefix_path(source, jobs))


def build_source_key(source: Source, file: str = "") -> str:
    """Return the key of an output of a step, or of a file in it, in the artifact bucket."""
    return format_string(_build_source_template(source, file), _build_prefix_path(source, JOBS))


def build_output_uri(config: Config, platform: Platform, step: str, path: str, waits: str = "") -> str:
    """Return where a step's job writes an output. `path` is that of the output below the prefix of the job.

    `waits` is that of `build_job_name`.
    """
    job = _build_job_template(config, platform, step, waits)
    prefix = layout.build_job_prefix(config.model, "{}", step, job)
    return _format_uri(platform, layout.build_output_key(prefix, path), RUN, RUN, *_list_counters(waits))


def build_training_output_uri(config: Config, platform: Platform, step: str) -> str:
    """Return the S3OutputPath of a step's training job."""
    return _format_uri(platform, layout.build_step_prefix(config.model, "{}", step), RUN)


def build_checkpoints_uri(config: Config, platform: Platform, step: str) -> str:
    """Return where the checkpoints of a step are: in the folder of the run itself, or of one that it continues."""
    run = f"$$.Execution.Input.checkpoints['{step}']"
    return _format_uri(platform, layout.build_checkpoints_prefix(config.model, "{}", step), run)


def build_report_uri(config: Config, platform: Platform) -> str:
    """Return the S3 URI of the report, which is written when the run has ended."""
    return _format_uri(platform, layout.build_report_key(config.model, "{}"), RUN)


def _build_source_template(source: Source, file: str) -> str:
    return layout.build_output_key("{}", source.path + file)


def _build_prefix_path(source: Source, jobs: str) -> str:
    return f"{jobs}.{build_path_name(source.step)}.prefix"


def _build_job_template(config: Config, platform: Platform, step: str, waits: str) -> str:
    """Return a job's name with `{}` for the run and each of the counters."""
    return names.build_job_stem(platform, config.model, step) + ("-{}-{}-{}" if waits else "-{}-{}-0")


def _list_counters(waits: str) -> tuple[str, ...]:
    return (REDRIVES, waits) if waits else (REDRIVES,)


def _format_uri(platform: Platform, key: str, *paths: str) -> str:
    return format_string(layout.build_uri(platform.artifact_bucket, key), *paths)
