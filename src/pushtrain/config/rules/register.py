"""Rules about the gate, the registry's metadata and serving. Pure."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator

from pushtrain.catalog import images
from pushtrain.catalog.instances import find_hardware
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.conditions import ChampionBound, ConditionKind
from pushtrain.config.dataflow import MODEL, find_trainer
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import EVALUATION, Config
from pushtrain.config.rules.jobs import ANY_REGION
from pushtrain.config.values.fields import ECR_IMAGE
from pushtrain.config.values.metric import MetricKeys, parse_metric

# Environment variables from which AWS's inference images load code or a model, and the folder of the pinned archive.
# Source: aws/sagemaker-inference-toolkit and aws/sagemaker-huggingface-inference-toolkit.
LOADING_VARIABLES = ("SAGEMAKER_SUBMIT_DIRECTORY", "HF_MODEL_ID")
MODEL_FOLDER = "/opt/ml/model"
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
WHEN: KeyPath = ("register", "when")
INFERENCE: KeyPath = ("register", "inference")


def check_gate_has_evaluate(config: Config) -> Iterator[Issue]:
    """Conditions need an evaluate step, because it writes evaluation.json."""
    if config.conditions and config.registration and not config.registration.evaluation and config.evaluate is None:
        message = "has conditions, but there is no `evaluate:` step to write evaluation.json. Add the step"
        candidates = [name for name, step in config.steps.items() if EVALUATION in step.output_folders]
        if candidates:
            message = f"{message}, or name another one: `evaluation: {candidates[0]}`"
        yield Issue(path=WHEN, message=message)


def check_model_is_trained(config: Config) -> Iterator[Issue]:
    """A training step trains the model that is registered."""
    if config.registration is None:
        return
    name = config.registration.model
    trainers = [step for step, settings in config.steps.items() if MODEL in settings.kind.fixed_outputs]
    if name is None and config.train is None:
        advice = f"Name a training step: `model: {trainers[0]}`" if trainers else "Add `train:` or remove `register:`"
        yield Issue(path=("register",), message=f"there is no `train:` step whose model can be registered. {advice}")
    elif name is not None and name not in trainers:
        reason = "is not a training step" if name in config.steps else "is not a step"
        listed = f"there are: {', '.join(trainers)}" if trainers else "there are no training steps"
        message = f"{quote(name)} {reason}{did_you_mean(name, trainers)} ({listed})"
        yield Issue(path=("register", "model"), message=message)


def check_evaluation_exists(config: Config) -> Iterator[Issue]:
    """The step that `register.evaluation` names has an output `evaluation`."""
    name = config.registration.evaluation if config.registration else None
    candidates = [step for step, settings in config.steps.items() if EVALUATION in settings.output_folders]
    if name is None or name in candidates:
        return
    if name in config.steps:
        message = f"step {name!r} has no output `{EVALUATION}` for evaluation.json. Add it to its `outputs`"
    else:
        listed = f"there are: {', '.join(candidates)}" if candidates else "there are none"
        message = (
            f"{quote(name)} is not a step with an output `{EVALUATION}`{did_you_mean(name, candidates)} ({listed})"
        )
    yield Issue(path=("register", "evaluation"), message=message)


def check_conditions_agree(config: Config) -> Iterator[Issue]:
    """No metric has the same bound twice, and some number can meet all its bounds.

    A metric may have a bound that is a number, and one that depends on the champion.
    """
    bounds_by_metric: dict[tuple[MetricKeys, str, str | None], dict[ConditionKind, float]] = defaultdict(dict)
    relative: set[tuple[MetricKeys, str, str | None, ConditionKind]] = set()
    for index, condition in enumerate(config.conditions):
        metric = (parse_metric(condition.metric), condition.aggregate, condition.by)
        bounds, kind, bound = bounds_by_metric[metric], condition.kind, condition.bound
        if (*metric, kind) in relative if isinstance(bound, ChampionBound) else kind in bounds:
            message = f"{quote(condition.label)} has {kind.key} twice. Keep one"
            keys = (condition.aggregate, kind.key) if condition.aggregate else (kind.key,)
            yield Issue(path=(*WHEN, index, *keys), message=message)
        if isinstance(bound, ChampionBound):
            relative.add((*metric, kind))
            continue
        bounds[kind] = bound
        lows, highs = zip(*(kind.find_range(bound) for kind, bound in bounds.items()), strict=True)
        low, high = max(lows), min(highs)
        if low > high:
            message = f"{quote(condition.label)} cannot be both more than {low:g} and less than {high:g}"
            yield Issue(path=(*WHEN, index), message=f"{message}. Change one of them")
        elif low == high and not all(kind.holds(low, bound) for kind, bound in bounds.items()):
            listed = ", ".join(f"{kind.key}: {bound:g}" for kind, bound in bounds.items())
            message = f"no value of {quote(condition.label)} meets all its bounds ({listed})"
            yield Issue(path=(*WHEN, index), message=f"{message}. Change one of them")


def check_one_serving_image(config: Config) -> Iterator[Issue]:
    """`register.inference` has at most one of framework and image."""
    if config.registration and config.registration.inference.framework and config.registration.inference.image:
        yield Issue(path=(*INFERENCE, "image"), message="framework and image exclude each other. Remove one")


def check_serving_registry(config: Config) -> Iterator[Issue]:
    """The image that serves is in ECR: SageMaker pulls it from nowhere else. A platform limits the accounts too."""
    image = config.registration.inference.image if config.registration else None
    if image and not ECR_IMAGE.fullmatch(image):
        message = (
            f"{quote(image)} is not an image in ECR, and an endpoint pulls from nowhere else. Write "
            "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG"
        )
        yield Issue(path=(*INFERENCE, "image"), message=message)


def check_serving_environment(config: Config) -> Iterator[Issue]:
    """An endpoint loads code from the model's archive only: what is elsewhere may change after the approval."""
    environment = config.registration.inference.environment if config.registration else {}
    for name, value in environment.items():
        is_address = ADDRESS.search(value) is not None
        if is_address or (name in LOADING_VARIABLES and not _is_in_archive(value)):
            advice = f"Put it into the model, and write {MODEL_FOLDER} or a folder in it"
            message = (
                f"{quote(value)} is outside of the model's archive, so what the endpoint loads could change after the "
                f"approval. {advice}"
            )
            yield Issue(path=(*INFERENCE, "environment", name), message=message)


def _is_in_archive(path: str) -> bool:
    return f"{posixpath.normpath(path)}/".startswith(f"{MODEL_FOLDER}/")


def check_instances_alike(config: Config) -> Iterator[Issue]:
    """All serving instances are of one kind (GPU, CPU, Arm, accelerator), because one image serves them all."""
    types = config.registration.inference.instances if config.registration else ()
    kinds = {name: _find_kind(name) for name in types}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{name} ({kind})" for name, kind in kinds.items())
        message = f"one image serves all instances, so all must be of one kind. Found {listed}"
        yield Issue(path=(*INFERENCE, "instances"), message=message)


def check_serving_image_exists(config: Config) -> Iterator[Issue]:
    """AWS has an inference image of the framework. Not every training version has one."""
    framework = find_serving_framework(config)
    if config.registration is None or framework is None:
        return
    inference = config.registration.inference
    for instance in inference.instances:
        try:
            images.build_image_uri(framework, scope="inference", instance=instance, region=ANY_REGION)
        except images.NoImage as error:
            remedy = "" if inference.framework else ". Name the one that serves in register.inference.framework"
            yield Issue(path=(*INFERENCE, "framework"), message=f"{error}{remedy}")
            return


def find_serving_framework(config: Config) -> images.Framework | None:
    """Return the framework whose AWS image serves the model, or None if the user's own image serves it.

    It is the framework and version that trains, unless `register.inference.framework` names another.
    """
    if config.registration is None:
        return None
    inference = config.registration.inference
    if inference.framework is not None:
        return images.resolve_framework(inference.framework, "inference")
    trainer = find_trainer(config)
    if inference.image is not None or trainer is None or trainer.framework is None:
        return None
    return images.resolve_framework(trainer.framework, "training")


def _find_kind(name: str) -> str:
    hardware = find_hardware(name)
    if hardware.has_gpu:
        return "GPU"
    if hardware.is_accelerated:
        return "accelerator"
    return "Arm" if hardware.is_arm else "CPU"
