"""Rules about a list of instance types, from which SageMaker chooses the first with capacity. Pure.

Source: API shape InstancePreferenceList. It excludes spot instances.
"""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain.catalog import images
from pushtrain.catalog.instances import find_hardware
from pushtrain.config.dataflow import build_step_path
from pushtrain.config.issue import Issue
from pushtrain.config.model import Config, Train
from pushtrain.config.rules.jobs import ANY_REGION


def check_types_without_spot(config: Config, step: str) -> Iterator[Issue]:
    """Spot instances and warm pools have one instance type."""
    train = config.steps[step]
    if not isinstance(train, Train) or len(train.instance_types) == 1:
        return
    advice = f"write one type, `instance: {train.instance}`"
    if train.spot:
        message = f"SageMaker chooses among several instance types only on demand. Remove spot, or {advice}"
        yield Issue(path=(*build_step_path(step), "spot"), message=message)
    elif train.keep_alive is not None:
        message = f"AWS does not document warm pools for several instance types. Remove keep_alive, or {advice}"
        yield Issue(path=(*build_step_path(step), "keep_alive"), message=message)


def check_types_without_data_parallel(config: Config, step: str) -> Iterator[Issue]:
    """Launchers of SageMaker's data-parallel library are told one instance type before SageMaker chooses."""
    train = config.steps[step]
    distribution = train.distribution if isinstance(train, Train) and len(train.instance_types) > 1 else None
    if distribution and (distribution.smdistributed or distribution.pytorchddp):
        message = f"this launcher must know the instance type before the job starts. Write `instance: {train.instance}`"
        yield Issue(path=(*build_step_path(step), "instance"), message=message)


def check_types_share_image(config: Config, step: str) -> Iterator[Issue]:
    """One image of AWS runs on every type of the list."""
    settings = config.steps[step]
    uris: dict[str, str] = {}
    has_choice = len(settings.instance_types) > 1 and settings.framework and not settings.image
    for name in settings.instance_types if has_choice else ():
        try:
            framework = images.resolve_framework(settings.framework or "")
            uris[name] = images.build_image_uri(framework, scope="training", instance=name, region=ANY_REGION)
        except images.NoImage:
            return  # `jobs.check_image_exists` reports it
    others = [name for name, uri in uris.items() if uri != uris[settings.instance]]
    if others:
        message = (
            f"a job has one image, and {' and '.join(others)} needs another one than {settings.instance}. "
            "List types with GPUs only, or types without"
        )
        yield Issue(path=(*build_step_path(step), "instance"), message=message)


def check_types_take_volume_key(config: Config, step: str) -> Iterator[Issue]:
    """With `kms.volume`, all types of the list take a key for their volume, or none does."""
    if config.kms.volume and (message := explain_mixed_storage(config.steps[step].instance_types)):
        yield Issue(path=(*build_step_path(step), "instance"), message=message)


def explain_mixed_storage(types: tuple[str, ...]) -> str:
    """Return why a volume key fits only some of these types; empty if it fits all of them, or none."""
    fixed = [name for name in types if find_hardware(name).has_local_storage]
    if not fixed or len(fixed) == len(types):
        return ""
    return (
        f"SageMaker refuses a key for the volume of {' and '.join(fixed)}, which encrypts its own disks, and the other "
        "types need one. List only types with disks of their own, or only types without"
    )
