"""The SDK's requests for a Case: what `estimator.fit` and `processor.run` would send. Knows nothing of our code.

Settings are read from the document a second time, with the defaults of docs/guide.md and docs/architecture.md.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.judge import sdk
from tests.judge.case import CODE, PROCESSING, ROLE, RUN, SCRIPTS, TRAINING, Case
from tests.judge.framework import Framework
from tests.judge.raw import arguments_of

from sagemaker.estimator import Estimator  # isort: skip  (after tests.judge.sdk, which keeps it quiet)
from sagemaker.huggingface import HuggingFace, HuggingFaceProcessor  # isort: skip
from sagemaker.network import NetworkConfig  # isort: skip
from sagemaker.processing import (  # isort: skip
    FrameworkProcessor,
    ProcessingInput,
    ProcessingOutput,
    ScriptProcessor,
)
from sagemaker.pytorch import PyTorch  # isort: skip
from sagemaker.sklearn import SKLearn  # isort: skip
from sagemaker.tensorflow import TensorFlow  # isort: skip
from sagemaker.xgboost import XGBoost  # isort: skip

ESTIMATORS = {
    "huggingface": HuggingFace,
    "pytorch": PyTorch,
    "sklearn": SKLearn,
    "tensorflow": TensorFlow,
    "xgboost": XGBoost,
}
MOUNT = "/opt/ml/processing"
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
GIGABYTES = {"GB": 1, "TB": 1024}
DISTRIBUTIONS: Mapping[str, dict[str, Any]] = {
    "torch_distributed": {"torch_distributed": {"enabled": True}},
    "pytorchddp": {"pytorchddp": {"enabled": True}},
    "smdistributed": {"smdistributed": {"dataparallel": {"enabled": True}}},
    "parameter_server": {"parameter_server": {"enabled": True}},
}


def kinds(case: Case) -> dict[str, str]:
    """Step → kind of its job."""
    kinds = {"preprocess": PROCESSING, "train": TRAINING, "evaluate": PROCESSING}
    return {step: kind for step, kind in kinds.items() if step in case.document}


def request(case: Case, step: str) -> dict[str, Any]:
    """What the SDK would send to SageMaker for one step."""
    if step == "train":
        estimator(case).fit(channels(case) or None, wait=False, job_name=case.job("train"))
    else:
        processor, arguments = processing(case, step)
        processor.run(**arguments, wait=False, logs=False)
    return sdk.session(case.region).request


def estimator(case: Case) -> Any:
    """The estimator an SDK user would write for the training job."""
    step = case.document["train"]
    volume_key, output_key = keys(case)
    settings: dict[str, Any] = {
        **machines(step, count="instance_count", volume="volume_size", limit="max_run", default="24h"),
        "entry_point": step.get("script", SCRIPTS["train"]),
        "source_dir": CODE,
        "output_path": case.where("train"),
        "role": ROLE,
        "sagemaker_session": sdk.session(case.region),
        "tags": tags(case),
        "hyperparameters": dict(step.get("hyperparameters", {})),
        "environment": step.get("environment"),
        "metric_definitions": [{"Name": name, "Regex": regex} for name, regex in step.get("metrics", {}).items()],
        "volume_kms_key": volume_key,
        "output_kms_key": output_key,
        "max_retry_attempts": step.get("retries"),
        "keep_alive_period_in_seconds": seconds(step["keep_alive"]) if "keep_alive" in step else None,
        **network(case),
        **spot(case, step),
        **arguments_of(step.get("sagemaker", {})),
    }
    settings["instance_type"] = step.get("instance", "ml.m5.xlarge")
    settings["metric_definitions"] = settings["metric_definitions"] or None
    if "image" in step:
        return Estimator(image_uri=step["image"], **settings)
    framework = Framework.of(step["framework"])
    return ESTIMATORS[framework.name](**framework.arguments, **settings, **distribution(step))


def processing(case: Case, step: str) -> tuple[Any, dict[str, Any]]:
    """The processor of a preprocess or evaluate job, and the arguments of its `run`."""
    step_config = case.document[step]
    volume_key, output_key = keys(case)
    settings: dict[str, Any] = {
        **machines(step_config, count="instance_count", volume="volume_size_in_gb", limit="max_runtime_in_seconds"),
        "command": ["python3"],
        "role": ROLE,
        "sagemaker_session": sdk.session(case.region),
        "tags": tags(case),
        "env": step_config.get("environment"),
        "volume_kms_key": volume_key,
        "output_kms_key": output_key,
        "network_config": NetworkConfig(**network(case)) if network(case) else None,
        "instance_type": step_config.get("instance", "ml.m5.large"),
    }
    experiment = step_config.get("sagemaker", {}).get("ExperimentConfig")
    run = {
        "job_name": case.job(step),
        "inputs": list(inputs(case, step)),
        "outputs": list(outputs(case, step)),
        "arguments": list(arguments(step_config.get("arguments", {}))) or None,
        **({"experiment_config": experiment} if experiment else {}),
    }
    if "image" in step_config:
        return ScriptProcessor(image_uri=step_config["image"], **settings), {**run, "code": CODE}
    framework = Framework.of(step_config["framework"])
    run |= {"code": step_config.get("script", SCRIPTS[step]), "source_dir": CODE}
    if framework.name == "huggingface":
        return HuggingFaceProcessor(**framework.arguments, **settings), run
    return FrameworkProcessor(ESTIMATORS[framework.name], **framework.arguments, **settings), run


def machines(step: Mapping[str, Any], *, count: str, volume: str, limit: str, default: str = "1h") -> dict[str, int]:
    """Machines and time limit, under the names that estimators or processors have for them."""
    size = str(step.get("volume", "30GB"))
    return {
        count: step.get("instances", 1),
        volume: int(size[:-2]) * GIGABYTES[size[-2:]],
        limit: seconds(step.get("max_runtime", default)),
    }


def seconds(text: str) -> int:
    return int(text[:-1]) * SECONDS[text[-1]]


def tags(case: Case) -> list[dict[str, str]]:
    """The platform's, the user's, and two that tell model and run."""
    own = {"pushtrain:model": case.model, "pushtrain:run": RUN}
    given: dict[str, str] = {**case.platform.get("tags", {}), **case.document.get("tags", {})}
    return [{"Key": key, "Value": value} for key, value in (given | own).items()]


def keys(case: Case) -> tuple[str | None, str | None]:
    """KMS keys of volumes and outputs."""
    chosen, own = case.document.get("kms", {}), case.platform.get("kms_key")
    return chosen.get("volume", own), chosen.get("output", own)


def network(case: Case) -> dict[str, Any]:
    """The stricter of config.yaml and platform, as keyword arguments; nothing where nothing is asked for."""
    network, platform = case.document.get("network", {}), case.platform
    vpc = network.get("vpc", {})
    options = {
        "subnets": list(vpc.get("subnets", platform.get("subnets", ()))) or None,
        "security_group_ids": list(vpc.get("security_groups", platform.get("security_groups", ()))) or None,
        "enable_network_isolation": network.get("isolation") or platform.get("isolation") or None,
        "encrypt_inter_container_traffic": network.get("encrypt_between_containers")
        or platform.get("encrypt_between_containers")
        or None,
    }
    return {name: value for name, value in options.items() if value is not None}


def spot(case: Case, step: Mapping[str, Any]) -> dict[str, Any]:
    """Spot machines and checkpoints."""
    options: dict[str, Any] = {}
    if step.get("spot"):
        runtime = seconds(step.get("max_runtime", "24h"))
        wait = seconds(step["max_wait"]) if "max_wait" in step else runtime + SECONDS["h"]
        options = {"use_spot_instances": True, "max_wait": wait}
    if step.get("spot") or "checkpoint" in step:
        options["checkpoint_s3_uri"] = case.where("checkpoints/train/")
        options["checkpoint_local_path"] = step.get("checkpoint", "/opt/ml/checkpoints")
    return options


def distribution(step: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword argument of the same name."""
    distribution = step.get("distribution")
    if distribution is None:
        return {}
    if isinstance(distribution, str):
        return {"distribution": copy.deepcopy(DISTRIBUTIONS[distribution])}
    mpi = distribution["mpi"]
    options = {"processes_per_host": mpi["processes_per_host"], "custom_mpi_options": mpi["options"]}
    return {"distribution": {"mpi": {"enabled": True, **options}}}


def outputs_of(case: Case) -> list[str]:
    return list(case.document.get("preprocess", {}).get("outputs", ["train", "test"]))


def source(case: Case, name: str) -> str:
    """Where a later step finds what an earlier one made, else the data of that name."""
    if "preprocess" in case.document and name in outputs_of(case):
        return case.where("preprocess", case.job("preprocess"), f"{name}/")
    return case.data()[name]


def channels(case: Case) -> dict[str, str]:
    outputs = outputs_of(case) if "preprocess" in case.document else list(case.data())
    default = [name for name in outputs if name != "test" or "preprocess" not in case.document]
    return {name: source(case, name) for name in case.document["train"].get("channels", default)}


def inputs(case: Case, step: str) -> Iterator[Any]:
    """The data, or the model and what it is evaluated with."""
    if step == "preprocess":
        for name, uri in case.data().items():
            yield ProcessingInput(uri, f"{MOUNT}/input/{name}", input_name=name)
        return
    outputs = outputs_of(case) if "preprocess" in case.document else list(case.data())
    names = case.document["evaluate"].get("inputs", ["test"] if "test" in outputs else outputs)
    model = case.where("train", case.job("train"), "output/model.tar.gz")
    yield ProcessingInput(model, f"{MOUNT}/model", input_name="model")
    for name in names:
        if name != "model":
            yield ProcessingInput(source(case, name), f"{MOUNT}/{name}", input_name=name)


def outputs(case: Case, step: str) -> Iterator[Any]:
    if step == "evaluate":
        destination = case.where("evaluate", case.job("evaluate"), "evaluation/")
        yield ProcessingOutput(f"{MOUNT}/evaluation", destination, output_name="evaluation")
        return
    for name in outputs_of(case):
        yield ProcessingOutput(f"{MOUNT}/{name}", source(case, name), output_name=name)


def arguments(given: Mapping[str, Any]) -> Iterator[str]:
    """`--name value`; a number or a truth as JSON writes it."""
    for name, value in given.items():
        yield from (f"--{name}", value if isinstance(value, str) else json.dumps(value))
