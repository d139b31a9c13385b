"""What training scripts import of sagemaker_containers.beta.framework.

`training_env()` and `env.TrainingEnv()` give the settings of the job. The names that only an endpoint uses, such as
`worker` and `encoders`, can be imported; using them raises RuntimeError.
"""

import types
from typing import Any

from sagemaker_training.environment import Environment, training_env

env = types.SimpleNamespace(TrainingEnv=Environment, training_env=training_env)
_OF_ENDPOINTS = (
    "content_types",
    "encoders",
    "errors",
    "files",
    "modules",
    "server",
    "status_codes",
    "transformer",
    "worker",
)


class _OfEndpoints:
    """A module that only endpoints need."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        raise RuntimeError(f"{self._name}.{attribute} of sagemaker_containers works in an endpoint only, not in a job")


def __getattr__(name: str) -> Any:
    if name in _OF_ENDPOINTS:
        return _OfEndpoints(name)
    raise AttributeError(f"the stand-in for sagemaker_containers.beta.framework has no {name!r}")
