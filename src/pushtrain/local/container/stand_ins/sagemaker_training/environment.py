"""What a script may ask its training job: `Environment().num_cpus`, `.hosts`, `.channel_input_dirs`.

In: the variables SM_TRAINING_ENV and SM_USER_ARGS of a training job. Out: their values as attributes.
Source of the names: aws/sagemaker-training-toolkit, environment.py and ENVIRONMENT_VARIABLES.md.
"""

import json
import os
from typing import Any


class Environment:
    """The settings of this training job. `is_main` and `main_hostname` are newer names of two of them."""

    _NEWER_NAMES = {"is_main": "is_master", "main_hostname": "master_hostname"}  # noqa: RUF012 - Python 3.6

    def __init__(self, *_: Any, **__: Any) -> None:
        if "SM_TRAINING_ENV" not in os.environ:
            raise RuntimeError("SM_TRAINING_ENV is not set: only a training job has this environment")
        self._settings: dict[str, Any] = json.loads(os.environ["SM_TRAINING_ENV"])

    def __getattr__(self, name: str) -> Any:
        settings = self.__dict__.get("_settings", {})
        key = self._NEWER_NAMES.get(name, name)
        if key not in settings:
            raise AttributeError(f"the environment of this job has no {name!r}; it has {', '.join(sorted(settings))}")
        return settings[key]

    def to_cmd_args(self) -> list[str]:
        """Return the hyperparameters as the script got them: ["--epochs", "3"]."""
        arguments: list[str] = json.loads(os.environ["SM_USER_ARGS"])
        return arguments

    def to_env_vars(self) -> dict[str, str]:
        """Return the variables of the job that begin with SM_."""
        return {name: value for name, value in os.environ.items() if name.startswith("SM_")}


def training_env(*_: Any, **__: Any) -> Environment:
    """Return the settings of this training job. This is the older spelling of `Environment()`."""
    return Environment()
