"""Rules about training jobs without a script: `script: none`, whose image brings its own algorithm. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain.catalog.images import ALGORITHM_FRAMEWORK
from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.config.dataflow import build_inputs_path, build_step_path, find_step, list_written_inputs
from pushtrain.config.issue import Issue, quote
from pushtrain.config.model import Config, Train


def check_algorithm(config: Config, step: str) -> Iterator[Issue]:
    """A job without a script has an image with an algorithm, and no launcher of distributed training."""
    settings, path = config.steps[step], build_step_path(step)
    if settings.has_script or not isinstance(settings, Train):
        return
    if settings.framework and not _has_algorithm(settings):
        message = (
            f"the image of {settings.framework} runs a script, and there is none. Name a script, or write `image:` "
            f"with the URI of an algorithm; of the frameworks, only {ALGORITHM_FRAMEWORK} trains without a script"
        )
        yield Issue(path=(*path, "script"), message=message)
    if settings.distribution:
        message = "starts the script of a job several times, and there is no script. Remove one of them"
        yield Issue(path=(*path, "distribution"), message=message)


def check_content_types(config: Config, step: str) -> Iterator[Issue]:
    """Only the channels of a training job have a content type."""
    if config.steps[step].kind is TRAINING:
        return
    for entry in list_written_inputs(config, step):
        if entry.content_type is not None:
            message = "an input of a processing job has no content type. Remove it"
            yield Issue(path=(*build_inputs_path(config, step), entry.key, "content_type"), message=message)


def warn_algorithm_data(config: Config) -> Iterator[Issue]:
    """SageMaker's XGBoost takes a channel without a content type for libsvm."""
    for name, settings in config.steps.items():
        if settings.has_script or not isinstance(settings, Train) or not _has_algorithm(settings):
            continue
        for entry in find_step(config, name).inputs:
            if not entry.content_type:
                example = f"{{{entry.name}: {{source: {entry.source}, content_type: text/csv}}}}"
                message = (
                    f"{quote(entry.name)} has no content type, so XGBoost reads it as libsvm. If it is CSV without a "
                    f"header and with the label first, write `inputs: {example}`"
                )
                yield Issue(path=build_step_path(name), message=message)


def _has_algorithm(settings: Train) -> bool:
    return (settings.framework or "").partition(" ")[0] == ALGORITHM_FRAMEWORK
