"""Hyperparameters of a training job in script mode: the user's own, and those that start the script. Pure.

The sagemaker-training toolkit in AWS's containers reads the `sagemaker_*` hyperparameters. All values are JSON, as the
SDK's framework estimators write them; the toolkit decodes them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.config.values.inference_code import format_code
from pushtrain.config.values.mappings import format_plain
from pushtrain.layout import SOURCE_ARCHIVE, START_FILE
from pushtrain.platform import Platform
from pushtrain.workflow.runtime_values import CODE

if TYPE_CHECKING:
    from pushtrain.config import Config, Step, Train

CODE_CHANNEL = "code"  # a reserved name: config.yaml cannot have data of this name
SCRIPT_VARIABLE = "PUSHTRAIN_SCRIPT"  # pushes/pushtrain_start.py reads it, and the next three
CODE_VARIABLE = "PUSHTRAIN_INFERENCE_CODE"
EVALUATION_VARIABLE = "PUSHTRAIN_EVALUATION"
MESSAGE_VARIABLE = "PUSHTRAIN_MESSAGE"
EXIT_MESSAGE = "/opt/ml/output/message"  # ExitMessage of a processing job
ISOLATED_CODE = f"/opt/ml/input/data/{CODE_CHANNEL}/{SOURCE_ARCHIVE}"


def build_hyperparameters(step: Step, platform: Platform, *, isolated: bool) -> dict[str, Any]:
    """Return the HyperParameters of a training job. `isolated`: its container has no network.

    An image that trains without a script has no toolkit, so it gets plain values.
    """
    settings = _read_training(step)
    if not settings.has_script:
        return {key: format_plain(value) for key, value in settings.hyperparameters.items()}
    own = {key: json.dumps(value, ensure_ascii=False) for key, value in settings.hyperparameters.items()}
    toolkit = {
        "sagemaker_program": json.dumps(find_program(step)),
        **_build_code_address(isolated=isolated),
        "sagemaker_region": json.dumps(platform.region),
        "sagemaker_container_log_level": "20",
    }
    return own | toolkit | _build_launcher_settings(settings)


def find_program(step: Step) -> str:
    """Return the file that the toolkit runs: the script, or the start file if it must do something besides.

    The toolkit installs only the requirements.txt at the root, and the XGBoost image runs `python -m <program>`, which
    finds no script in a folder. The start file lies at the root, installs the requirements.txt beside the script, runs
    it, and puts inference code into the model. It cannot do so under a launcher of distributed training, which starts
    its program once per process.
    """
    settings = _read_training(step)
    is_started = "/" in settings.script or bool(step.inference_code)
    return START_FILE if is_started and settings.distribution is None else settings.script


def build_environment(step: Step, platform: Platform) -> dict[str, str]:
    """Return the environment variables of a step's job.

    boto3 reads AWS_DEFAULT_REGION, and SageMaker's containers set only AWS_REGION. In a training job, other variables
    may tell the start file which script to run, and which inference code to put into the model.
    """
    own = {"AWS_DEFAULT_REGION": platform.region, **step.settings.environment}
    if step.settings.kind is not TRAINING or find_program(step) != START_FILE:
        return own
    code = {CODE_VARIABLE: format_code(step.inference_code)} if step.inference_code else {}
    return own | {SCRIPT_VARIABLE: step.settings.script} | code


def _read_training(step: Step) -> Train:
    from pushtrain.config import Train  # noqa: PLC0415 - the models of config.yaml are slow to import

    assert isinstance(step.settings, Train)  # noqa: S101 - a training step has these settings
    return step.settings


def build_evaluation_variables(config: Config, step: Step) -> dict[str, str]:
    """Return the variables by which the start file names what the gate's evaluation step wrote; empty for others.

    They are the folder with its files, and the file that becomes the job's ExitMessage.
    """
    from pushtrain.config import list_evaluation_sources  # noqa: PLC0415

    sources = {source.step: source for source in list_evaluation_sources(config)}
    if config.registration is None or step.name not in sources:
        return {}
    folders = {output.name: output.path for output in step.outputs}
    return {EVALUATION_VARIABLE: folders[sources[step.name].output], MESSAGE_VARIABLE: EXIT_MESSAGE}


def _build_code_address(*, isolated: bool) -> dict[str, str]:
    """Return where the toolkit finds the code: in S3, or in an input channel if the container cannot reach S3.

    Source: `_prepare_for_training` of sagemaker.estimator, which does the same.
    """
    if isolated:
        return {"sagemaker_submit_directory": json.dumps(ISOLATED_CODE)}
    return {"sagemaker_submit_directory.$": f"States.JsonToString({CODE})"}


def _build_launcher_settings(step: Train) -> dict[str, str]:
    """Return the hyperparameters that choose the launcher of distributed training, empty without `distribution`."""
    distribution = step.distribution
    if distribution is None:
        return {}
    switches = {
        "sagemaker_torch_distributed_enabled": distribution.torch_distributed,
        "sagemaker_pytorch_ddp_enabled": distribution.pytorchddp,
        "sagemaker_distributed_dataparallel_enabled": distribution.smdistributed,
        "sagemaker_parameter_server_enabled": distribution.parameter_server,
    }
    settings = {name: "true" for name, enabled in switches.items() if enabled}
    if mpi := distribution.mpi:
        settings |= {
            "sagemaker_mpi_enabled": "true",
            "sagemaker_mpi_num_of_processes_per_host": str(mpi.processes_per_host),
            "sagemaker_mpi_custom_mpi_options": json.dumps(mpi.options),
        }
    if mpi or distribution.parameter_server:
        return settings
    return settings | {"sagemaker_instance_type": json.dumps(step.instance)}
