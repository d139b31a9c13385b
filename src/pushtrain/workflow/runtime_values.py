"""Values that exist only at run time, as JSONPaths and intrinsics: job names, code, data and S3 URIs of outputs. Pure.

They are the values of `K.$` keys. A path leads into the execution input (`$$.Execution.Input`, built by
`pushtrain.launch.execution_input`) or into `$.jobs`, the results of earlier jobs of the run.
"""

from __future__ import annotations

from pushtrain.config import Config
from pushtrain.platform import Platform
from pushtrain.workflow import names
from pushtrain.workflow.states import format_string

RUN = "$$.Execution.Name"
COUNTERS = ("$$.Execution.RedriveCount", "$$.State.RetryCount")
CODE = "$$.Execution.Input.code"


def build_job_name(config: Config, platform: Platform, step: str) -> str:
    """Return the intrinsic that names a step's job, with a new name for each run, redrive and retry."""
    return format_string(names.build_job_stem(platform, config.model, step) + "-{}-{}-{}", RUN, *COUNTERS)


def build_data_path(name: str) -> str:
    """Return the path of a data entry's S3 URI in the execution input."""
    return f"$$.Execution.Input.data['{name}']"


def build_source_uri(config: Config, platform: Platform, name: str) -> str:
    """Return where a job reads the input `name`: an output of this run's preprocess job, else the data entry."""
    if config.preprocess and name in config.preprocess.outputs:
        template = names.build_artifact_uri(platform, config.model, f"runs/{{}}/preprocess/{{}}/{name}/")
        return format_string(template, RUN, "$.jobs.preprocess.name")
    return build_data_path(name)


def build_output_uri(config: Config, platform: Platform, step: str, folder: str) -> str:
    """Return where a processing job writes an output. `folder` has the job's name at `{}`: `preprocess/{}/train/`.

    It ends in `/`, because SageMaker compares S3 prefixes as text.
    """
    job = names.build_job_stem(platform, config.model, step) + "-{}-{}-{}"
    template = names.build_artifact_uri(platform, config.model, "runs/{}", folder.replace("{}", job))
    return format_string(template, RUN, RUN, *COUNTERS)


def build_run_uri(config: Config, platform: Platform, folder: str) -> str:
    """Return the S3 URI of a folder of this run: `checkpoints/`."""
    return format_string(names.build_artifact_uri(platform, config.model, "runs/{}", folder), RUN)


def build_model_uri(config: Config, platform: Platform) -> str:
    """Return the S3 URI of the trained model. SageMaker writes <S3OutputPath>/<job>/output/model.tar.gz."""
    template = names.build_artifact_uri(platform, config.model, "runs/{}/model/{}/output/model.tar.gz")
    return format_string(template, RUN, "$.jobs.train.name")


def build_evaluation_uri(config: Config, platform: Platform) -> str:
    """Return the S3 URI of the evaluate job's evaluation.json."""
    template = names.build_artifact_uri(platform, config.model, "runs/{}/evaluation/{}/evaluation.json")
    return format_string(template, RUN, "$.jobs.evaluate.name")


def build_evaluation_key(config: Config) -> str:
    """Return the key of evaluation.json in the artifact bucket."""
    return format_string(f"{config.model}/runs/{{}}/evaluation/{{}}/evaluation.json", RUN, "$.jobs.evaluate.name")
