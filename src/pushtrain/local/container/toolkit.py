"""The script arguments and SM_* variables that the sagemaker-training toolkit builds for a training job. Pure.

In: hyperparameters as strings (JSON or plain text), resource and data configuration, paths. Out: lists and dicts of
text. Source of the rules: aws/sagemaker-training-toolkit, its ENVIRONMENT_VARIABLES.md, mapping.py, params.py and
environment.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pushtrain.config.values.mappings import format_argument

PREFIX = "sagemaker_"
PROGRAM = "sagemaker_program"
SOURCE = "sagemaker_submit_directory"
# The toolkit's own parameters. Any other name with the prefix is a framework parameter, such as sagemaker_mpi_enabled.
TOOLKIT_PARAMETERS = {
    PROGRAM,
    SOURCE,
    "sagemaker_enable_cloudwatch_metrics",
    "sagemaker_region",
    "sagemaker_container_log_level",
    "sagemaker_job_name",
    "default_user_module_name",
    "_tuning_objective_metric",
    "sagemaker_s3_output",
}
INFO = 20  # logging.INFO, the toolkit's default level
GROUP = "homogeneousCluster"


class Hyperparameters(Struct, frozen=True, kw_only=True):
    """Decoded hyperparameters in the three groups of the toolkit."""

    user: Mapping[str, Any]
    framework: Mapping[str, Any]
    toolkit: Mapping[str, Any]


def decode(hyperparameters: Mapping[str, str]) -> Hyperparameters:
    """Decode each value as JSON. A value that is not JSON stays as it is."""
    values = {name: _decode_json(text) for name, text in hyperparameters.items()}
    toolkit = {name: value for name, value in values.items() if name in TOOLKIT_PARAMETERS}
    framework = {name: value for name, value in values.items() if name.startswith(PREFIX) and name not in toolkit}
    user = {name: value for name, value in values.items() if name not in toolkit and name not in framework}
    return Hyperparameters(user=user, framework=framework, toolkit=toolkit)


def _decode_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def build_arguments(user: Mapping[str, Any]) -> list[str]:
    """Return the arguments of a script, such as ["-c", "2", "--lr", "0.1"], sorted by name.

    SageMaker passes one-letter hyperparameters with a single hyphen: `-c`.
    """
    arguments: list[str] = []
    for name in sorted(user):
        arguments += [f"--{name}" if len(name) > 1 else f"-{name}", format_argument(user[name])]
    return arguments


class ContainerFacts(Struct, frozen=True, kw_only=True):
    """The paths, hardware and configuration of a training container."""

    root: str
    cpus: int
    gpus: int
    resources: Mapping[str, Any]
    channels: Mapping[str, Any]
    job_name: str


def build_variables(parameters: Mapping[str, str], container: ContainerFacts) -> dict[str, str]:
    """Return all SM_* variables. As in the toolkit, names become upper case, but hyphens and dots stay."""
    decoded = decode(parameters)
    settings = _build_settings(decoded, container)
    unlisted = {"hps", "framework_params", "channels"}
    training_env = {name: value for name, value in settings.items() if name not in unlisted}
    training_env |= {
        "additional_framework_parameters": decoded.framework,
        "channel_input_dirs": {name: f"{container.root}/input/data/{name}" for name in container.channels},
        "hyperparameters": decoded.user,
        "is_master": True,
        "job_name": container.job_name,
        "master_hostname": container.resources["current_host"],
    }
    settings["training_env"] = training_env
    settings["user_args"] = build_arguments(decoded.user)
    settings |= {f"channel_{name}": f"{container.root}/input/data/{name}" for name in container.channels}
    settings |= {f"hp_{name}": value for name, value in decoded.user.items()}
    return {f"SM_{name.upper()}": _format_variable(value) for name, value in settings.items()}


def build_framework_variables(image: str, resources: Mapping[str, Any]) -> dict[str, str]:
    """Return what AWS's PyTorch and Hugging Face images set for every training job, distributed or not; else nothing.

    The version of torch is that in the tag of the image. Source: aws/sagemaker-pytorch-training-toolkit, training.py.
    """
    match = re.search(r"(?:^|/)(?:huggingface-)?pytorch-training:(\d+\.\d+(?:\.\d+)?)?", image)
    if not match:
        return {}
    return {
        **({"SM_DLC_TORCH_VERSION": match[1]} if match[1] else {}),
        "MASTER_ADDR": resources["hosts"][0],
        "MASTER_PORT": "7777",
        "NCCL_DEBUG": "WARN",
        "NCCL_IB_DISABLE": "1",
        "NCCL_SOCKET_IFNAME": resources["network_interface_name"],
    }


def _build_settings(decoded: Hyperparameters, container: ContainerFacts) -> dict[str, Any]:
    """Return the settings of the toolkit that do not depend on channel or hyperparameter names."""
    root, resources = container.root, container.resources
    program = decoded.toolkit.get(PROGRAM)
    return {
        "channels": sorted(container.channels),
        "current_host": resources["current_host"],
        "current_instance_group": GROUP,
        "current_instance_group_hosts": resources["hosts"],
        "current_instance_type": resources["current_instance_type"],
        "distribution_instance_groups": [],
        "framework_module": None,
        "framework_params": decoded.framework,
        "hosts": resources["hosts"],
        "hps": decoded.user,
        "input_config_dir": f"{root}/input/config",
        "input_data_config": container.channels,
        "input_dir": f"{root}/input",
        "instance_groups": [GROUP],
        "instance_groups_dict": {GROUP: resources["instance_groups"][0]},
        "is_hetero": False,
        "log_level": decoded.toolkit.get("sagemaker_container_log_level", INFO),
        "model_dir": f"{root}/model",
        "module_dir": decoded.toolkit.get(SOURCE, f"{root}/code"),
        "module_name": str(program).removesuffix(".py") if program else None,
        "network_interface_name": resources["network_interface_name"],
        "num_cpus": container.cpus,
        "num_gpus": container.gpus,
        "output_data_dir": f"{root}/output/data",
        "output_dir": f"{root}/output",
        "output_intermediate_dir": f"{root}/output/intermediate",
        "resource_config": resources,
        "user_entry_point": program,
    }


def _format_variable(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
