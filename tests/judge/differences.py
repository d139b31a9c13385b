"""Every difference that is allowed between our requests and the SDK's, each with its reason. One table.

A difference that is not here fails, and so does an entry that nothing needs any more. `holds` looks at the values:
an entry allows what its reason says and no more.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pushtrain.layout import START_FILE
from pushtrain.workflow.jobs import START
from pushtrain.workflow.script_mode import SCRIPT_VARIABLE
from tests.judge.case import SCRIPTS, Case
from tests.judge.compare import Fork, Path

Holds = Callable[[Case, str, Fork], bool]


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """`path` has `*` for any one part; `side` is who sends the field: `ours`, `theirs`, `both` (values differ)."""

    path: str
    side: str
    reason: str
    holds: Holds = lambda case, step, fork: True

    def covers(self, case: Case, step: str, fork: Fork) -> bool:
        """Whether this entry allows that fork."""
        return fork.side == self.side and _matches(self.path, fork.path) and self.holds(case, step, fork)


@cache
def _matches(pattern: str, path: Path) -> bool:
    parts = pattern.split(".")
    return len(parts) == len(path) and all(one in {"*", other} for one, other in zip(parts, path, strict=True))


def _sends(value: Any) -> Holds:
    return lambda case, step, fork: bool(fork.theirs == value)


def _same_json(case: Case, step: str, fork: Fork) -> bool:
    return bool(_decoded(fork.ours) == _decoded(fork.theirs))


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _as_said(case: Case, step: str, fork: Fork) -> bool:
    """The raw block has this very value."""
    section, field = fork.path
    return bool(fork.ours == case.document[step]["sagemaker"][section][field])


def _starts(case: Case, step: str, fork: Fork) -> bool:
    """What ours starts: bash, its options, the text that unpacks the code, the script."""
    text = bool(fork.path[-1] == "2" and fork.ours == START)
    script = case.document[step].get("script", SCRIPTS[step])
    return text or fork.ours == {"0": "/bin/bash", "1": "-ec", "3": script}.get(fork.path[-1])


def _script_in_a_folder(case: Case, step: str, fork: Fork) -> bool:
    """The start file is the program, and its variable names the script that the SDK starts."""
    script = case.document[step].get("script", "")
    if fork.path[-1] == SCRIPT_VARIABLE:
        return bool("/" in script and fork.ours == script)
    return bool("/" in script and (_decoded(fork.ours), _decoded(fork.theirs)) == (START_FILE, script))


def _own_disks(case: Case, step: str, fork: Fork) -> bool:
    """API model, ResourceConfig.VolumeKmsKeyId: names these families among others."""
    return case.document[step]["instance"].split(".")[1] in {"g5", "g4dn"}


def _to_the_output(case: Case, step: str, fork: Fork) -> bool:
    return bool(fork.theirs == case.where("train"))


def _image_of(*frameworks: str) -> Holds:
    return lambda case, step, fork: case.document[step].get("framework", "").startswith(frameworks)


HYPERPARAMETERS = "HyperParameters"
ENTRY = "ProcessingInputs.InputName=entrypoint"

ALLOWED: tuple[Allowed, ...] = (
    # What is computed at run time
    Allowed(
        path=f"{HYPERPARAMETERS}.sagemaker_job_name",
        side="theirs",
        reason="Our job names are made when the job starts. The toolkit takes the name from TRAINING_JOB_NAME, which "
        "SageMaker sets; it knows this hyperparameter only to keep it from the script.",
        holds=lambda case, step, fork: fork.theirs == json.dumps(case.job("train")),
    ),
    # Encoding
    Allowed(
        path=f"{HYPERPARAMETERS}.*",
        side="both",
        reason="We leave letters outside ASCII as they are; the SDK writes \\u escapes. The JSON says the same, in "
        "fewer of the 2,500 characters a value may have.",
        holds=_same_json,
    ),
    # How a training script in a folder is started
    Allowed(
        path=f"{HYPERPARAMETERS}.sagemaker_program",
        side="both",
        reason="A script in a folder may have a requirements.txt beside it, which the toolkit does not install, and "
        "the XGBoost image finds no program in a folder. Our start file lies at the root and does both.",
        holds=_script_in_a_folder,
    ),
    Allowed(
        path=f"Environment.{SCRIPT_VARIABLE}",
        side="ours",
        reason="As above: it tells the start file which script to run.",
        holds=_script_in_a_folder,
    ),
    Allowed(
        path="Environment.AWS_DEFAULT_REGION",
        side="ours",
        reason="boto3 in a script looks for its region there, and SageMaker sets only AWS_REGION.",
        holds=lambda case, step, fork: bool(fork.ours == case.region),
    ),
    # Debugger and profiler, which nobody asked for
    Allowed(
        path="DebugHookConfig.S3OutputPath",
        side="theirs",
        reason="The SDK turns the Debugger's hook on by itself. With us it is asked for in `sagemaker:`.",
        holds=_to_the_output,
    ),
    Allowed(
        path="DebugHookConfig.CollectionConfigurations",
        side="theirs",
        reason="As DebugHookConfig.S3OutputPath.",
        holds=_sends([]),
    ),
    *(
        Allowed(
            path=f"DebugHookConfig.{field}",
            side="ours",
            reason="The SDK drops the hook it was given where several machines keep checkpoints; we send what is said.",
            holds=_as_said,
        )
        for field in ("S3OutputPath", "CollectionConfigurations")
    ),
    Allowed(
        path="ProfilerConfig.S3OutputPath",
        side="theirs",
        reason="The SDK says where profiles would go, at the model's place. SageMaker monitors without it.",
        holds=_to_the_output,
    ),
    Allowed(
        path="ProfilerConfig.DisableProfiler",
        side="theirs",
        reason="False is what SageMaker does when it is not sent.",
        holds=_sends(False),
    ),
    Allowed(
        path="AlgorithmSpecification.EnableSageMakerMetricsTimeSeries",
        side="theirs",
        reason="SageMaker keeps time series for AWS's own PyTorch and TensorFlow images unless told not to (API "
        "reference, AlgorithmSpecification), so true says nothing new.",
        holds=_image_of("pytorch", "tensorflow", "huggingface"),
    ),
    Allowed(
        path=f"{HYPERPARAMETERS}.model_dir",
        side="theirs",
        reason="The TensorFlow estimator starts the script with --model_dir and an S3 address. With us a script gets "
        "the hyperparameters that config.yaml names; SM_MODEL_DIR tells where the model goes.",
        holds=_image_of("tensorflow"),
    ),
    Allowed(
        path=f"{HYPERPARAMETERS}.sagemaker_distributed_dataparallel_custom_mpi_options",
        side="theirs",
        reason="Empty, which is what the toolkit takes when it is not sent.",
        holds=_sends('""'),
    ),
    Allowed(
        path=f"{HYPERPARAMETERS}.sagemaker_pytorch_ddp_enabled",
        side="ours",
        reason="The SDK rewrites `pytorchddp` to `smdistributed`; AWS's PyTorch toolkit starts the same runner "
        "for both.",
        holds=lambda case, step, fork: fork.ours == "true" and case.document[step]["distribution"] == "pytorchddp",
    ),
    Allowed(
        path=f"{HYPERPARAMETERS}.sagemaker_distributed_dataparallel_enabled",
        side="theirs",
        reason="As sagemaker_pytorch_ddp_enabled.",
        holds=lambda case, step, fork: case.document[step]["distribution"] == "pytorchddp",
    ),
    # Volumes
    Allowed(
        path="ResourceConfig.VolumeKmsKeyId",
        side="theirs",
        reason="SageMaker refuses a volume key for instances that bring their own disks; we leave it out there.",
        holds=_own_disks,
    ),
    Allowed(
        path="ProcessingResources.ClusterConfig.VolumeKmsKeyId",
        side="theirs",
        reason="As ResourceConfig.VolumeKmsKeyId.",
        holds=_own_disks,
    ),
    # How a processing script is started
    Allowed(
        path="AppSpecification.ContainerEntrypoint.*",
        side="both",
        reason="The SDK uploads runproc.sh and starts that; our shell text stands in the request, so nothing is "
        "uploaded to build a definition.",
        holds=_starts,
    ),
    Allowed(
        path="AppSpecification.ContainerEntrypoint.*",
        side="ours",
        reason="As above: bash, its options, the text, the script.",
        holds=_starts,
    ),
    *(
        Allowed(path=f"{ENTRY}.{field}", side="theirs", reason="As above: the input that brings runproc.sh.")
        for field in (
            "InputName",
            "AppManaged",
            "S3Input.S3Uri",
            "S3Input.LocalPath",
            "S3Input.S3DataType",
            "S3Input.S3InputMode",
            "S3Input.S3DataDistributionType",
            "S3Input.S3CompressionType",
        )
    ),
    Allowed(
        path="ProcessingInputs.InputName=code.S3Input.LocalPath",
        side="both",
        reason="The SDK writes this one folder with a slash at its end.",
        holds=lambda case, step, fork: fork.theirs == f"{fork.ours}/",
    ),
    # Defaults that the SDK spells out
    Allowed(
        path="ProcessingInputs.*.AppManaged",
        side="theirs",
        reason="False is SageMaker's default.",
        holds=_sends(False),
    ),
    Allowed(
        path="ProcessingOutputConfig.Outputs.*.AppManaged",
        side="theirs",
        reason="False is SageMaker's default.",
        holds=_sends(False),
    ),
    Allowed(
        path="ProcessingInputs.*.S3Input.S3CompressionType",
        side="theirs",
        reason="None, in words, is SageMaker's default.",
        holds=_sends("None"),
    ),
    Allowed(
        path="NetworkConfig.EnableNetworkIsolation",
        side="theirs",
        reason="False is SageMaker's default.",
        holds=_sends(False),
    ),
)
