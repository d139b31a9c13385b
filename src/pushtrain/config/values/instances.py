"""Instance types and frameworks, each looked up in the catalog. Pure.

In: text of config.yaml. Out: the same text, or ValueError with the nearest that exists.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from pushtrain.catalog import images, instances
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.issue import quote

MAX_LENGTH = 100


@lru_cache(1000)
def _instance_fault(text: str, kind: str) -> str:
    known = _KNOWN[kind]()
    if text in known:
        return ""
    if elsewhere := [other for other, types in _KNOWN.items() if text in types()]:
        near = did_you_mean(text, {name for name in known if instances.has_gpu(name) == instances.has_gpu(text)})
        return f"SageMaker has {quote(text)} for {' and '.join(elsewhere)} only, not for {kind}{near}"
    suggestion = did_you_mean(text, known) or ". An example is 'ml.m5.large'"
    return f"{quote(text)} is not a SageMaker {kind} instance{suggestion}"


def _instance(kind: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if fault := _instance_fault(text[:MAX_LENGTH], kind):
            raise ValueError(fault)
        return text

    return check


_KNOWN = {
    "training": instances.list_training_instances,
    "processing": instances.list_processing_instances,
    "hosting": instances.list_hosting_instances,
}

check_training_instance = _instance("training")
check_processing_instance = _instance("processing")
check_hosting_instance = _instance("hosting")


def check_framework(text: str) -> str:
    """`NAME VERSION` that AWS has an image of."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"{quote(text)} is not a framework. Write NAME VERSION, such as pytorch 2.6")
    images.resolve_framework(text)
    return text
