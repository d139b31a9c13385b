"""What the sagemaker-training toolkit makes of a training job: the script's arguments and its SM_* variables. Pure.

In: hyperparameters as strings (each JSON text, or plain), resource and data configuration, paths. Out: lists and dicts
of text. Source of the rules: aws/sagemaker-training-toolkit, its ENVIRONMENT_VARIABLES.md, mapping.py, params.py and
environment.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "sagemaker_"
PROGRAM = "sagemaker_program"
SOURCE = "sagemaker_submit_directory"
# Known to the toolkit itself. Any other name with the prefix is a framework parameter, such as sagemaker_mpi_enabled.
OWN = {
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


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """Decoded hyperparameters, parted as the toolkit parts them."""

    user: Mapping[str, Any]
    framework: Mapping[str, Any]
    own: Mapping[str, Any]


def decode(hyperparameters: Mapping[str, str]) -> Hyperparameters:
    """Each value is JSON where it parses as JSON, else the text itself."""
    values = {name: _decoded(value) for name, value in hyperparameters.items()}
    own = {name: value for name, value in values.items() if name in OWN}
    framework = {name: value for name, value in values.items() if name.startswith(PREFIX) and name not in OWN}
    user = {name: value for name, value in values.items() if name not in own and name not in framework}
    return Hyperparameters(user=user, framework=framework, own=own)


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def arguments(user: Mapping[str, Any]) -> list[str]:
    """`--name value` by name, `-n value` for one letter; values as Python writes them, a mapping as `k=v,k=v`."""
    words: list[str] = []
    for name in sorted(user):
        words += [f"--{name}" if len(name) > 1 else f"-{name}", _argument(user[name])]
    return words


def _argument(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in sorted(value.items()))
    return "" if value is None else str(value)


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What a training container knows of where it runs."""

    root: str
    cpus: int
    gpus: int
    resources: Mapping[str, Any]
    channels: Mapping[str, Any]
    job_name: str


def variables(parameters: Mapping[str, str], machine: Machine) -> dict[str, str]:
    """Every SM_* variable. Names are upper-cased only: hyphens and dots stay, as with the toolkit."""
    decoded = decode(parameters)
    facts = _facts(decoded, machine)
    training_env = {name: value for name, value in facts.items() if name not in {"hps", "framework_params", "channels"}}
    training_env |= {
        "additional_framework_parameters": decoded.framework,
        "channel_input_dirs": {name: f"{machine.root}/input/data/{name}" for name in machine.channels},
        "hyperparameters": decoded.user,
        "is_master": True,
        "job_name": machine.job_name,
        "master_hostname": machine.resources["current_host"],
    }
    facts["training_env"] = training_env
    facts["user_args"] = arguments(decoded.user)
    facts |= {f"channel_{name}": f"{machine.root}/input/data/{name}" for name in machine.channels}
    facts |= {f"hp_{name}": value for name, value in decoded.user.items()}
    return {f"SM_{name.upper()}": _variable(value) for name, value in facts.items()}


def _facts(decoded: Hyperparameters, machine: Machine) -> dict[str, Any]:
    root, resources = machine.root, machine.resources
    program = decoded.own.get(PROGRAM)
    return {
        "channels": sorted(machine.channels),
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
        "input_data_config": machine.channels,
        "input_dir": f"{root}/input",
        "instance_groups": [GROUP],
        "instance_groups_dict": {GROUP: resources["instance_groups"][0]},
        "is_hetero": False,
        "log_level": decoded.own.get("sagemaker_container_log_level", INFO),
        "model_dir": f"{root}/model",
        "module_dir": decoded.own.get(SOURCE, f"{root}/code"),
        "module_name": str(program).removesuffix(".py") if program else None,
        "network_interface_name": resources["network_interface_name"],
        "num_cpus": machine.cpus,
        "num_gpus": machine.gpus,
        "output_data_dir": f"{root}/output/data",
        "output_dir": f"{root}/output",
        "output_intermediate_dir": f"{root}/output/intermediate",
        "resource_config": resources,
        "user_entry_point": program,
    }


def _variable(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
