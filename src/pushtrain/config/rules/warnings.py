"""What is legal in config.yaml but probably not meant: warnings, which stop no push. Pure; see rules.py."""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain.catalog import images, instances
from pushtrain.config.issue import Issue
from pushtrain.config.model import Config, Train
from pushtrain.config.rules.data import list_evaluate_inputs, list_training_channels
from pushtrain.config.rules.register import find_serving_framework
from pushtrain.config.rules.reserved_fields import has_path
from pushtrain.config.values.mappings import compile_regex
from pushtrain.config.values.units import HOUR

# RetryStrategy and ResourceConfig.InstancePreferences are missing: owned.py refuses them in a raw block
UNCONFIRMED = (
    "InfraCheckConfig",
    "SessionChainingConfig",
    "AlgorithmSpecification.ContainerEntrypoint",
    "AlgorithmSpecification.ContainerArguments",
)


def one_letter(config: Config) -> Iterator[Issue]:
    """Script mode passes a hyperparameter of one letter with one hyphen."""
    for name in config.train.hyperparameters:
        if len(name) == 1:
            message = f"train.py gets this as -{name}, not --{name}: names of one letter are passed so"
            yield Issue(path=("train", "hyperparameters", name), message=message)


def no_gate(config: Config) -> Iterator[Issue]:
    """Nobody asked for a quality."""
    if config.registration is None:
        yield Issue(path=("register",), message="is not there: the model is trained but never registered")
    elif not config.conditions:
        message = "holds no condition: every model that trains is registered, however good it is"
        yield Issue(path=("register", "when"), message=message)


def idle_gpu(config: Config) -> Iterator[Issue]:
    """A GPU is paid for and not used."""
    for name, step in config.steps.items():
        if step.framework and instances.has_gpu(step.instance) and not _trains_on_gpu(step.framework):
            message = f"{step.instance} has GPUs, but {step.framework} has no GPU image: they stay idle"
            yield Issue(path=(name, "instance"), message=message)
    serving = find_serving_framework(config)
    types = config.registration.inference.instances if config.registration and serving else ()
    for index, name in enumerate(types):
        if serving and instances.has_gpu(name) and not images.has_gpu_image(serving, "inference"):
            message = f"{name} has GPUs, but {serving} has no GPU image to serve with: they stay idle"
            yield Issue(path=("register", "inference", "instances", index), message=message)


def _trains_on_gpu(framework: str) -> bool:
    return images.has_gpu_image(images.resolve_framework(framework), "training")


def unconfirmed_retries(config: Config) -> Iterator[Issue]:
    """RetryStrategy in the optimised createTrainingJob task: in no document of AWS."""
    if config.train.retries is not None:
        message = "AWS may refuse RetryStrategy in a state machine: no document says that it is taken there"
        yield Issue(path=("train", "retries"), message=message)


def unconfirmed_raw_fields(config: Config) -> Iterator[Issue]:
    """Fields of CreateTrainingJob that no document of AWS names for the optimised task."""
    for key in UNCONFIRMED:
        path = tuple(key.split("."))
        if has_path(config.train.sagemaker, path):
            message = f"AWS may refuse {path[-1]} in a state machine: no document says that it is taken there"
            yield Issue(path=("train", "sagemaker", *path), message=message)


def long_warm_pool(config: Config) -> Iterator[Issue]:
    """Kept machines are paid for."""
    if (config.train.keep_alive or 0) > HOUR:
        message = "machines kept warm are paid for, used or not, and older limits of AWS were 1h"
        yield Issue(path=("train", "keep_alive"), message=message)


def lonely_machines(config: Config) -> Iterator[Issue]:
    """More machines do not share the work by themselves."""
    for name, step in config.steps.items():
        if step.instances == 1 or (isinstance(step, Train) and step.distribution is not None):
            continue
        remedy = " without `distribution:`" if isinstance(step, Train) else ""
        message = f"{step.instances} machines{remedy} each get all the data and do the same work"
        yield Issue(path=(name, "instances"), message=message)


def unused_data(config: Config) -> Iterator[Issue]:
    """Data that nothing reads, or nothing that reads data."""
    used = {*list_training_channels(config), *list_evaluate_inputs(config)}
    for name in config.data:
        if config.preprocess is None and name not in used:
            yield Issue(path=("data", name), message="is read by no step")
    if not list_training_channels(config):
        yield Issue(path=("train",), message="gets no data: there is neither `data:` nor an output but `test`")


def blind_metrics(config: Config) -> Iterator[Issue]:
    """A regex needs a group that captures the number."""
    for name, regex in config.train.metrics.items():
        if not compile_regex(regex).groups:
            message = "the regex has no (group) around the number, so the metric stays empty"
            yield Issue(path=("train", "metrics", name), message=message)


def fixed_volume(config: Config) -> Iterator[Issue]:
    """Types with NVMe disks have the size they have."""
    for name, step in config.steps.items():
        if "volume" in step.model_fields_set and instances.has_local_storage(step.instance):
            message = f"{step.instance} brings disks of a fixed size: SageMaker does not apply `volume`"
            yield Issue(path=(name, "volume"), message=message)


ALL = (
    one_letter,
    no_gate,
    idle_gpu,
    unconfirmed_retries,
    unconfirmed_raw_fields,
    long_warm_pool,
    lonely_machines,
    unused_data,
    blind_metrics,
    fixed_volume,
)
