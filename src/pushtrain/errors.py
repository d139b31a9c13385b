"""Every way pushtrain fails on purpose. A built-in exception that reaches the command line is our bug.

PushtrainError                exit 1   the user can mend it
├── ConfigError               exit 1   config.yaml holds problems (all of them are listed)
├── TemplateError             exit 1   no such template, or it built an unsound definition
├── StarterError              exit 1   a starter cannot be copied there
├── PushError                 exit 1   a model repo cannot be uploaded or read back
│   └── IncompletePush        exit 1   the revision has not all arrived yet: worth another try
├── RunFailed                 exit 1   a run ended badly
├── RunNotFound               exit 1   no run has this id, or several ids begin so
├── RegistryError             exit 1   the registry refused
│   ├── ModelNotFound         exit 1   no model of this name is registered
│   └── VersionNotFound       exit 1   the model has no such version
├── OperatorError             exit 1   what an operator asked cannot be done as the installation is
├── LocalError                exit 1   this machine cannot run what was asked
└── UsageError                exit 2   the command line makes no sense
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with a file: where, what was found, what was expected, how to mend it."""

    message: str
    key: str = ""
    line: int | None = None
    file: str = "config.yaml"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}  {self.key}: {self.message}" if self.key else f"{place}  {self.message}"


class PushtrainError(Exception):
    """Base of all errors that are not our bug. `exit_code` is what the process ends with."""

    exit_code = 1


class ConfigError(PushtrainError):
    """config.yaml is wrong; `problems` holds every problem of the file, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class TemplateError(PushtrainError):
    """There is no such template, or the definition it built breaks a rule.

    `key` is the key of config.yaml to change, such as `template`; empty if there is no single one.
    """

    def __init__(self, message: str, *, key: str = "") -> None:
        self.message = message
        self.key = key
        super().__init__(f"{key}: {message}" if key else message)


class StarterError(PushtrainError):
    """A new model repo cannot be made: its name is no model's, or something is there."""


class PushError(PushtrainError):
    """A model repo cannot be uploaded, or what was uploaded is not a model repo."""


class IncompletePush(PushError):
    """Part of the revision has not arrived in the code bucket; the event is worth another try."""


class RunFailed(PushtrainError):
    """A run ended badly; the message says which step, why, and where its log is."""


class RunNotFound(PushtrainError):
    """No run has this id, or the ids of several runs begin with this text."""


class RegistryError(PushtrainError):
    """The model registry cannot do what was asked; the message says why."""


class ModelNotFound(RegistryError):
    """No model of this name is registered; the message names similar or existing models."""


class VersionNotFound(RegistryError):
    """The model has no version of this number; the message names the versions that exist."""


class OperatorError(PushtrainError):
    """What an operator asked cannot be done: it is not there, or not of a kind with which that can be done."""


class LocalError(PushtrainError):
    """This machine cannot do what a local run needs; the message says what to install or change."""


class UsageError(PushtrainError):
    """The command line makes no sense."""

    exit_code = 2
