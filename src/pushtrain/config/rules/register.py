"""Rules about the gate and about serving. Pure; see rules.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pushtrain.catalog import images, instances
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config
from pushtrain.config.rules.jobs import ANY_REGION
from pushtrain.config.values.metric import parse_metric

MAX_METADATA = 50  # CreateModelPackage.CustomerMetadataProperties
OWN_METADATA = 8  # revision, run, config hash, environment and the like
WHEN: KeyPath = ("register", "when")
INFERENCE: KeyPath = ("register", "inference")


def gate_is_fed(config: Config) -> Iterator[Issue]:
    """Conditions are about evaluation.json, which evaluate writes."""
    if config.conditions and config.evaluate is None:
        message = "has conditions, but there is no `evaluate:` step to write evaluation.json"
        yield Issue(path=WHEN, message=message)


def conditions_agree(config: Config) -> Iterator[Issue]:
    """No comparison is made twice, and some number can meet all of them."""
    seen: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for index, condition in enumerate(config.conditions):
        bounds = seen[parse_metric(condition.metric)]
        for kind, value in condition.bounds.items():
            if kind in bounds:
                message = f"{quote(condition.metric)} has {kind} twice. Keep one"
                yield Issue(path=(*WHEN, index, kind), message=message)
            bounds[kind] = value
        low = max(bounds.get("at_least", float("-inf")), bounds.get("above", float("-inf")))
        high = min(bounds.get("at_most", float("inf")), bounds.get("below", float("inf")))
        if low > high:
            message = f"no {quote(condition.metric)} is both more than {low:g} and less than {high:g}"
            yield Issue(path=(*WHEN, index), message=message)


def metadata_fit(config: Config) -> Iterator[Issue]:
    """The registry holds the gate's metrics and the data's places as metadata, 50 in all."""
    metrics = {condition.metric for condition in config.conditions}
    if (total := len(metrics) + len(config.data) + OWN_METADATA) > MAX_METADATA:
        message = f"{len(metrics)} metrics and {len(config.data)} data entries need {total} metadata of {MAX_METADATA}"
        yield Issue(path=WHEN, message=f"{message}. Remove {total - MAX_METADATA} or more")


def one_serving_image(config: Config) -> Iterator[Issue]:
    """At most one of framework and image serves."""
    if config.registration and config.registration.inference.framework and config.registration.inference.image:
        yield Issue(path=(*INFERENCE, "image"), message="framework and image exclude each other. Remove one")


def alike_instances(config: Config) -> Iterator[Issue]:
    """One container has one image, so its instances are of one kind."""
    types = config.registration.inference.instances if config.registration else ()
    kinds = {name: _kind(name) for name in types}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{name} ({kind})" for name, kind in kinds.items())
        message = f"one image serves all of them, so they are all of one kind; found {listed}"
        yield Issue(path=(*INFERENCE, "instances"), message=message)


def serving_image_exists(config: Config) -> Iterator[Issue]:
    """AWS has an inference image of the framework; training and inference versions differ."""
    framework = find_serving_framework(config)
    if config.registration is None or framework is None:
        return
    for name in config.registration.inference.instances:
        try:
            images.build_image_uri(framework, scope="inference", instance=name, region=ANY_REGION)
        except images.NoImage as error:
            given = config.registration.inference.framework
            where = "" if given else ". Say which one serves in register.inference.framework"
            yield Issue(path=(*INFERENCE, "framework"), message=f"{error}{where}")
            return


def find_serving_framework(config: Config) -> images.Framework | None:
    """The framework whose inference image serves the model; None where an image of the user's own does.

    It is the very version that trains unless `register.inference.framework` names another.
    """
    if config.registration is None:
        return None
    inference = config.registration.inference
    if inference.framework is not None:
        return images.resolve_framework(inference.framework, "inference")
    if inference.image is not None or config.train.framework is None:
        return None
    return images.resolve_framework(config.train.framework, "training")


def _kind(instance: str) -> str:
    if instances.has_gpu(instance):
        return "GPU"
    if instances.is_accelerated(instance):
        return "accelerator"
    return "Arm" if instances.is_arm(instance) else "CPU"
