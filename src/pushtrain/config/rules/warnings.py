"""Rules about what is allowed in config.yaml but probably a mistake. They give warnings, which stop no push. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from pushtrain.catalog import images
from pushtrain.catalog.instances import find_hardware
from pushtrain.config.dataflow import (
    DATA,
    MODEL,
    TRAIN,
    build_step_path,
    find_evaluation_source,
    find_model_source,
    find_step,
    map_steps,
)
from pushtrain.config.issue import Issue, quote
from pushtrain.config.model import EVALUATION, Config, Train
from pushtrain.config.rules.register import find_serving_framework
from pushtrain.config.rules.reserved_fields import has_path
from pushtrain.config.values.fields import ECR_IMAGE
from pushtrain.config.values.mappings import compile_regex, format_argument
from pushtrain.config.values.units import HOUR
from pushtrain.layout import split_uri

SHELL_FRAMEWORKS = {"pytorch", "tensorflow", "huggingface"}
# Fields of CreateTrainingJob that AWS does not document for the optimised createTrainingJob task. RetryStrategy and
# ResourceConfig.InstancePreferences are not listed, because reserved_fields.py already refuses them in a raw block.
UNDOCUMENTED_FIELDS = (
    "InfraCheckConfig",
    "SessionChainingConfig",
    "AlgorithmSpecification.ContainerEntrypoint",
    "AlgorithmSpecification.ContainerArguments",
)


def warn_one_letter_hyperparameters(config: Config) -> Iterator[Issue]:
    """SageMaker's script mode passes one-letter hyperparameters with a single hyphen: `-a`."""
    for step, train in _list_training(config):
        for name in train.hyperparameters if train.has_script else ():
            if len(name) == 1:
                message = "SageMaker passes one-letter names with one hyphen"
                message = f"{train.script} gets this as -{name}, not --{name}: {message}"
                yield Issue(path=(*build_step_path(step), "hyperparameters", name), message=message)


def warn_shell_words(config: Config) -> Iterator[Issue]:
    """Some images hand the command of a training script to a shell.

    Source: sagemaker-training before 5.1.4, `process.create` with capture_error, as the images of these frameworks use.
    """
    for step, train in _list_training(config):
        if not train.has_script or (train.framework or "").partition(" ")[0] not in SHELL_FRAMEWORKS:
            continue
        for name, value in train.hyperparameters.items():
            text = format_argument(value)
            if text and text != shlex.quote(text):
                variable = f"SM_HP_{name.upper()}"
                message = (
                    f"images of {train.framework} may pass {quote(text)} through a shell, which changes it: "
                    f"read the environment variable {variable} in {train.script} instead of --{name}"
                )
                yield Issue(path=(*build_step_path(step), "hyperparameters", name), message=message)


def warn_data_prefix(config: Config) -> Iterator[Issue]:
    """An S3 prefix is a text: `s3://lake/v1` also matches `s3://lake/v10/`. Source: S3DataSource.S3Uri."""
    for name, source in config.data.items():
        key = split_uri(source.s3 or "")[1]
        last = key.rpartition("/")[2]
        if last and "." not in last.strip("."):
            message = f"also matches keys that only start so, such as {source.s3}0/. End it with / if it is a folder"
            yield Issue(path=("data", name), message=message)


def warn_image_address(config: Config) -> Iterator[Issue]:
    """SageMaker pulls images of training and processing jobs from ECR only, without further settings."""
    for name, step in config.steps.items():
        if step.image and not ECR_IMAGE.fullmatch(step.image):
            message = (
                f"{quote(step.image)} is not an image in ECR, and SageMaker pulls from nowhere else: "
                "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG"
            )
            yield Issue(path=(*build_step_path(name), "image"), message=message)


def warn_no_gate(config: Config) -> Iterator[Issue]:
    """The model is never registered, or always, however bad it is."""
    if config.registration is None and config.train:
        yield Issue(path=("register",), message="is missing: the model is trained but never registered")
    elif config.registration and not config.conditions:
        message = "has no conditions: every model that trains is registered, even a bad one"
        yield Issue(path=("register", "when"), message=message)


def warn_idle_gpus(config: Config) -> Iterator[Issue]:
    """The instances have GPUs, but the image cannot use them."""
    for name, step in config.steps.items():
        gpu_types = [name for name in step.instance_types if find_hardware(name).has_gpu]
        if step.framework and gpu_types and not _has_gpu_training_image(step.framework):
            message = f"{gpu_types[0]} has GPUs, but {step.framework} has no GPU image: the GPUs stay idle"
            yield Issue(path=(*build_step_path(name), "instance"), message=message)
    serving = find_serving_framework(config)
    types = config.registration.inference.instances if config.registration and serving else ()
    for index, instance in enumerate(types):
        if serving and find_hardware(instance).has_gpu and not images.has_gpu_image(serving, "inference"):
            message = f"{instance} has GPUs, but {serving} has no GPU image for serving: the GPUs stay idle"
            yield Issue(path=("register", "inference", "instances", index), message=message)


def _has_gpu_training_image(framework: str) -> bool:
    return images.has_gpu_image(images.resolve_framework(framework), "training")


def warn_undocumented_retries(config: Config) -> Iterator[Issue]:
    """AWS does not document RetryStrategy for the optimised createTrainingJob task."""
    for step, train in _list_training(config):
        if train.retries is not None:
            message = "AWS may refuse RetryStrategy in a state machine: AWS does not document it there"
            yield Issue(path=(*build_step_path(step), "retries"), message=message)


def warn_undocumented_preferences(config: Config) -> Iterator[Issue]:
    """AWS does not document InstancePreferences for the optimised tasks that start jobs."""
    for name, step in config.steps.items():
        if len(step.instance_types) > 1:
            message = "AWS may refuse InstancePreferences in a state machine: AWS does not document it there"
            yield Issue(path=(*build_step_path(name), "instance"), message=message)


def warn_undocumented_raw_fields(config: Config) -> Iterator[Issue]:
    """The raw block sets fields that AWS does not document for the optimised createTrainingJob task."""
    for step, train in _list_training(config):
        for path in (tuple(key.split(".")) for key in UNDOCUMENTED_FIELDS):
            if has_path(train.sagemaker, path):
                message = f"AWS may refuse {path[-1]} in a state machine: AWS does not document it there"
                yield Issue(path=(*build_step_path(step), "sagemaker", *path), message=message)


def warn_long_warm_pool(config: Config) -> Iterator[Issue]:
    """Instances in a warm pool cost money even if no job runs. AWS's limit was once 1h."""
    for step, train in _list_training(config):
        if (train.keep_alive or 0) > HOUR:
            message = "warm instances cost money even when idle, and AWS once allowed at most 1h"
            yield Issue(path=(*build_step_path(step), "keep_alive"), message=message)


def warn_many_instances(config: Config) -> Iterator[Issue]:
    """Several instances do not share the work unless the script or `distribution:` makes them."""
    for name, step in config.steps.items():
        if step.instances == 1 or (isinstance(step, Train) and step.distribution is not None):
            continue
        condition = " without `distribution:`" if isinstance(step, Train) else ""
        message = f"{step.instances} instances{condition} each get all the data and do the same work"
        yield Issue(path=(*build_step_path(name), "instances"), message=message)


def warn_unused_data(config: Config) -> Iterator[Issue]:
    """Some data is read by no step, or train reads no data."""
    sources = {str(entry.source) for step in map_steps(config).values() for entry in step.inputs}
    for name in config.data:
        if f"{DATA}.{name}" not in sources:
            yield Issue(path=("data", name), message="no step reads this data")
    if config.train and not find_step(config, TRAIN).inputs:
        message = "gets no data: there is no `data:` and no preprocess output except `test`"
        yield Issue(path=("train",), message=message)


def warn_unused_outputs(config: Config) -> Iterator[Issue]:
    """An output is written for nothing: no step reads it, and it is not registered."""
    sources = {str(entry.source) for step in map_steps(config).values() for entry in step.inputs}
    sources |= {str(source) for source in (find_model_source(config), find_evaluation_source(config)) if source}
    for name, settings in config.steps.items():
        written = getattr(settings, "outputs", ())
        for index, output in enumerate(written if "outputs" in settings.model_fields_set else ()):
            if f"{name}.{output}" not in sources and output != EVALUATION:
                key = output if isinstance(written, dict) else index
                yield Issue(path=(*build_step_path(name), "outputs", key), message=f"no step reads {quote(output)}")


def warn_unused_models(config: Config) -> Iterator[Issue]:
    """A step trains for nothing: no step reads its model or its other output, and it is not registered."""
    readers = {entry.source.step for step in map_steps(config).values() for entry in step.inputs}
    registered = find_model_source(config)
    for name, _ in _list_training(config):
        if name not in readers and (registered is None or registered.step != name):
            message = (
                "no step reads the model of this step, and it is not registered. "
                f"Read it (`inputs: [{name}.{MODEL}]`), register it (`register: {{model: {name}}}`), or remove the step"
            )
            yield Issue(path=build_step_path(name), message=message)


def warn_regex_without_group(config: Config) -> Iterator[Issue]:
    """SageMaker reads the number of a metric from the group of its regex."""
    for step, train in _list_training(config):
        for name, regex in train.metrics.items():
            if not compile_regex(regex).groups:
                message = "the regex has no (group) around the number, so the metric stays empty"
                yield Issue(path=(*build_step_path(step), "metrics", name), message=message)


def warn_fixed_volume(config: Config) -> Iterator[Issue]:
    """Instance types with NVMe disks ignore the volume size."""
    for name, step in config.steps.items():
        if "volume" in step.model_fields_set and all(
            find_hardware(name).has_local_storage for name in step.instance_types
        ):
            message = f"{step.instance} has disks of a fixed size: SageMaker ignores `volume`"
            yield Issue(path=(*build_step_path(name), "volume"), message=message)


RULES = (
    warn_shell_words,
    warn_data_prefix,
    warn_image_address,
    warn_one_letter_hyperparameters,
    warn_no_gate,
    warn_idle_gpus,
    warn_undocumented_retries,
    warn_undocumented_preferences,
    warn_undocumented_raw_fields,
    warn_long_warm_pool,
    warn_many_instances,
    warn_unused_data,
    warn_unused_outputs,
    warn_unused_models,
    warn_regex_without_group,
    warn_fixed_volume,
)


def _list_training(config: Config) -> list[tuple[str, Train]]:
    return [(name, settings) for name, settings in config.steps.items() if isinstance(settings, Train)]
