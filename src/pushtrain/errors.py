"""All errors that pushtrain raises on purpose. Any other exception that reaches the command line is a bug of ours.

PushtrainError                exit 1   the user can fix it
├── ConfigError               exit 1   config.yaml or another YAML file has problems (all of them are listed)
├── TemplateError             exit 1   no such template, or it built an invalid definition
├── StarterError              exit 1   a starter cannot be copied to the folder
├── PushError                 exit 1   a model repo cannot be uploaded or read back
│   └── IncompletePush        exit 1   part of the revision has not arrived yet; try again later
├── DecideError               exit 1   `decide` cannot judge a run: Step Functions shows the class as the error's name
│   ├── ModelMissing          exit 1   the training job left no model
│   ├── BytesChanged          exit 1   something wrote the model or evaluation.json again after its job
│   ├── FileNotFromJob        exit 1   evaluation.json or plots.json is not what the job of its step wrote
│   ├── EvaluationMissing     exit 1   the run wrote no evaluation.json
│   ├── EvaluationTooLarge    exit 1   evaluation.json has more bytes than `decide` reads
│   ├── EvaluationUnreadable  exit 1   S3 does not give evaluation.json to `decide`
│   ├── EvaluationNotJson     exit 1   evaluation.json is not JSON
│   ├── MetricMissing         exit 1   evaluation.json does not have a metric of the gate
│   ├── MetricNotANumber      exit 1   a metric is not a finite number
│   ├── MetricNameUnreadable  exit 1   the name of a metric has a character that a terminal would obey
│   ├── NoCandidateLeft       exit 1   no candidate of the run can be judged
│   ├── ServingNotTested      exit 1   the serving test of the model could not take place
│   └── StorageUnavailable    exit 1   S3 is throttled, has an error, or cannot be reached: Step Functions tries again
├── StorageConflict           exit 1   several processes wrote one object at the same moment, again and again
├── RunNotStarted             exit 1   no run has started in the time that we wait
├── RunNotEnded               exit 1   a run has not ended in the time that we wait; it goes on
├── RunNotFound               exit 1   no run has this id, or several ids start with it
├── RegistryError             exit 1   the registry refused
│   ├── ModelNotFound         exit 1   no model of this name is registered
│   ├── VersionNotFound       exit 1   the model has no such version
│   └── VerdictChanged        exit 1   verdict.json is not the one with which a version was registered
├── OperatorError             exit 1   the installation does not allow what an operator wants to do
├── ScoreFailed               exit 1   a model did not answer a file on AWS
├── LocalError                exit 1   this computer lacks something that a local run needs
└── UsageError                exit 2   the command line is not valid
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from msgspec import Struct


class Problem(Struct, frozen=True, kw_only=True):
    """One problem in a file: what is wrong, at which key and line, and how to fix it."""

    message: str
    key: str = ""
    line: int | None = None
    file: str = "config.yaml"

    def __str__(self) -> str:
        location = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{location}  {self.key}: {self.message}" if self.key else f"{location}  {self.message}"


class PushtrainError(Exception):
    """Base of all errors that are not our bug. The process ends with `exit_code`."""

    exit_code = 1


class ConfigError(PushtrainError):
    """A YAML file is invalid; `problems` has every problem of the file, in file order."""

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
    """A model repo cannot be created: the name is not valid for a model, or the folder is not empty."""


class PushError(PushtrainError):
    """A model repo cannot be uploaded, or what was uploaded is not a model repo."""


class IncompletePush(PushError):
    """Part of the revision has not arrived in the code bucket; Lambda delivers the event again."""


class DecideError(PushtrainError):
    """`decide` cannot judge a run. The run fails with the name of the class as its error and the message as its cause.

    It must not end as "gate not met". `is_final`: a redrive would read the same evaluation.json, and fail again.
    """

    is_final: ClassVar[bool] = False


class ModelMissing(DecideError):
    """The training job left no model; the message says where its script must save one."""


class BytesChanged(DecideError):
    """Something wrote the model or evaluation.json again after its job."""


class FileNotFromJob(DecideError):
    """evaluation.json or plots.json lies at the address of a job that did not write it."""


class EvaluationMissing(DecideError):
    """The run wrote no evaluation.json."""

    is_final = True


class EvaluationTooLarge(DecideError):
    """evaluation.json has more bytes than `decide` reads."""

    is_final = True


class EvaluationUnreadable(DecideError):
    """S3 does not give evaluation.json to `decide`; the message has what S3 says."""


class EvaluationNotJson(DecideError):
    """evaluation.json is not JSON."""

    is_final = True


class MetricMissing(DecideError):
    """evaluation.json does not have a metric of the gate; the message suggests one that it has."""

    is_final = True


class MetricNotANumber(DecideError):
    """A metric of evaluation.json is not a finite number."""

    is_final = True


class MetricNameUnreadable(DecideError):
    """The name of a metric of evaluation.json has a control character or another one that cannot be seen."""

    is_final = True


class NoCandidateLeft(DecideError):
    """No candidate of the run can be judged; the message has the reason of each."""

    is_final = True


class ServingNotTested(DecideError):
    """The serving test of a model could not take place, so nobody knows if it serves; the message says why."""

    is_final = True


class StorageUnavailable(DecideError):
    """S3 throttles a call, has an error of its own, or cannot be reached. Step Functions calls `decide` again."""


class StorageConflict(PushtrainError):
    """Several processes wrote the same object at the same moment, again and again. Later it works."""


class RunNotStarted(PushtrainError):
    """No run of a push has started in the time that we wait; the message says where its operator sees why."""


class RunNotEnded(PushtrainError):
    """A run has not ended in the time that we wait. It goes on; the message says how to look at it."""


class RunNotFound(PushtrainError):
    """No run has this id, or the ids of several runs begin with this text."""


class RegistryError(PushtrainError):
    """The model registry cannot do what was asked; the message says why."""


class ModelNotFound(RegistryError):
    """No model of this name is registered; the message names similar or existing models."""


class VersionNotFound(RegistryError):
    """The model has no version of this number; the message names the versions that exist."""


class VerdictChanged(RegistryError):
    """verdict.json is not the document whose hash the model version has."""


class OperatorError(PushtrainError):
    """An operator's request cannot be fulfilled: something does not exist or is in the wrong state."""


class ScoreFailed(PushtrainError):
    """A model did not answer a file on AWS."""


class LocalError(PushtrainError):
    """This computer lacks something that a local run needs; the message says what to install or change."""


class UsageError(PushtrainError):
    """The command line is not valid."""

    exit_code = 2
