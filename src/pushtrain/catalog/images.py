"""AWS's images for scikit-learn, XGBoost, PyTorch, TensorFlow and Hugging Face.

In: `sklearn 1.2-1` as in config.yaml, a scope, an instance type, a region. Out: the image URI that the SageMaker SDK
would choose for the full version. Neuron (Trainium, Inferentia) and Gaudi images are not in the catalog: for such
instances users name an image of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Literal

from msgspec import Struct

from pushtrain.catalog.data import load
from pushtrain.catalog.instances import find_hardware
from pushtrain.catalog.suggest import did_you_mean

Scope = Literal["training", "inference"]
ALGORITHM_FRAMEWORK = "xgboost"  # the only framework whose image trains without a script
SCOPES: tuple[Scope, Scope] = ("training", "inference")
_CACHED_TEXTS = 256
_TEXT = re.compile(r"\s*(?P<name>[\w-]+)\s+(?P<version>[^\s/]+)(?:/(?P<base>[^\s/]+))?\s*")
_URI = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z0-9.]+/(?P<image>[^/:@]+:[^/:@]+)")


class Framework(Struct, frozen=True):
    """One framework in its full version. Only huggingface has a `base`, such as `pytorch2.5.1`."""

    name: str
    version: str
    base: str | None = None

    @property
    def full_version(self) -> str:
        """`1.2-1`, or `4.49.0/pytorch2.5.1` if there is a base."""
        return f"{self.version}/{self.base}" if self.base else self.version

    def __str__(self) -> str:
        return f"{self.name} {self.full_version}"


class UnknownFramework(ValueError):
    """The catalog has no such framework, version or base."""


class NoImage(ValueError):
    """AWS has no image of the framework for this scope, instance type or region."""


@lru_cache(_CACHED_TEXTS)
def resolve_framework(text: str, scope: Scope = "training") -> Framework:
    """Return the framework that config.yaml's `framework: text` names.

    `pytorch 2.6` is the newest 2.6 of `scope`, or of the other scope if `scope` has no 2.6.
    `huggingface 4.49.0` has the newest PyTorch base, `huggingface 4.49.0/pytorch2.5.1` the named one.
    Raises UnknownFramework, with names that exist.
    """
    match = _TEXT.fullmatch(text)
    if not match:
        raise UnknownFramework(f"{_quote(text)}: write it as NAME VERSION, such as 'sklearn 1.2-1' or 'pytorch 2.6'")
    name, version, base = match["name"], match["version"], match["base"]
    if name not in load("images")["images"]:
        names = sorted(load("images")["images"])
        raise UnknownFramework(f"no framework {_quote(name)}{did_you_mean(name, names)} (known: {', '.join(names)})")
    other_scope: Scope = "inference" if scope == "training" else "training"
    for searched_scope in (scope, other_scope):
        if matches := _select_matches(_list_frameworks(name, searched_scope), version, base):
            return matches[-1]
    raise UnknownFramework(_explain_unknown_version(name, version, base))


@lru_cache(_CACHED_TEXTS)
def build_image_uri(framework: Framework, *, scope: Scope, instance: str, region: str) -> str:
    """Return the image URI for a job (`training`, also for processing) or a model (`inference`) on an instance type.

    If there is no GPU image (`has_gpu_image`), a GPU instance gets the CPU image: it runs without use of the GPUs.
    Raises NoImage, with the images that exist.
    """
    hardware = find_hardware(instance)
    record = _find_record(framework, "arm" if hardware.is_arm and scope == "inference" else scope)
    if hardware.is_arm and (record is None or scope == "training" or hardware.has_gpu):
        raise NoImage(f"{framework} has no {scope} image for Arm instances such as {instance}: choose an x86 one")
    if record is None:
        raise NoImage(_explain_missing_scope(framework, scope))
    tags, accounts = record["tags"], load("images")["accounts"][record["accounts"]]
    if region not in accounts:
        raise NoImage(f"{framework} has no image in region {region!r}{did_you_mean(region, accounts)}")
    suffix = load("images")["suffixes"].get(region, "amazonaws.com")
    tag = tags[_choose_tag(framework, tags, instance, scope)]
    return f"{accounts[region]}.dkr.ecr.{region}.{suffix}/{record['repository']}:{tag}"


def has_gpu_image(framework: Framework, scope: Scope) -> bool:
    """Return True if AWS has an image of `framework` that uses GPUs."""
    return "gpu" in (_find_record(framework, scope) or {"tags": ()})["tags"]


def has_cpu_image(framework: Framework, scope: Scope) -> bool:
    """Return True if AWS has an image of `framework` for x86 instances without GPUs."""
    return "cpu" in (_find_record(framework, scope) or {"tags": ()})["tags"]


def find_nearest(framework: Framework, scope: Scope) -> Framework | None:
    """Return the framework of `scope` that is nearest to `framework`; None if `scope` has none.

    That is itself, else its version with another base, else the newest patch of its minor version, else the newest
    older version, else the oldest one.
    """
    candidates = _list_frameworks(framework.name, scope)
    if framework in candidates or not candidates:
        return framework if candidates else None
    minor = _read_numbers(framework.version, 2)
    same_version = [candidate for candidate in candidates if candidate.version == framework.version]
    same_minor = [candidate for candidate in candidates if _read_numbers(candidate.version, 2) == minor]
    older = [candidate for candidate in candidates if _sort_key(candidate) < _sort_key(framework)]
    return _find_newest(same_version) or _find_newest(same_minor) or _find_newest(older) or candidates[0]


def read_python_version(framework: Framework, scope: Scope) -> str | None:
    """Return `3.12` for an image with the tag `py312`; None if the tag does not name it."""
    match = re.fullmatch(r"py(\d)(\d+)", str((_find_record(framework, scope) or {}).get("python")))
    return f"{match[1]}.{match[2]}" if match else None


def identify_image(uri: str) -> tuple[Framework, Scope] | None:
    """Return framework and scope of an image that AWS publishes; None for any other image.

    scikit-learn and XGBoost use one image for both scopes. The scope is `training` if both have the image.
    """
    match = _URI.fullmatch(uri)
    framework, scope, accounts = (
        _index_images().get(match["image"], (None, None, None)) if match else (None, None, None)
    )
    if match is None or framework is None or scope is None or accounts is None:
        return None
    return (framework, scope) if accounts.get(match["region"]) == match["account"] else None


def list_image_accounts(region: str) -> set[str]:
    """Return the accounts in which AWS publishes its images for a region."""
    return {accounts[region] for accounts in load("images")["accounts"] if region in accounts}


def _find_record(framework: Framework, scope: str) -> dict[str, Any] | None:
    images = load("images")["images"].get(framework.name, {})
    record: dict[str, Any] | None = images.get(scope, {}).get(framework.full_version)
    return record


@cache
def _list_frameworks(name: str, scope: Scope) -> tuple[Framework, ...]:
    """Return all of one scope, oldest first. Of one huggingface version, the PyTorch bases come last."""
    versions = load("images")["images"][name][scope]
    return tuple(sorted((Framework(name, *full.split("/")) for full in versions), key=_sort_key))


def _sort_key(framework: Framework) -> tuple[list[int], bool, list[int]]:
    base = framework.base or ""
    return _read_version(framework.version), base.startswith("pytorch"), _read_version(base)


def _read_version(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _read_numbers(version: str, count: int) -> list[str]:
    return re.findall(r"\d+", version)[:count]


def _find_newest(frameworks: Iterable[Framework]) -> Framework | None:
    return max(frameworks, key=_sort_key, default=None)


def _select_matches(frameworks: Iterable[Framework], version: str, base: str | None) -> list[Framework]:
    return [
        framework
        for framework in frameworks
        if _is_version_of(version, framework.version) and (base is None or _is_version_of(base, framework.base or ""))
    ]


def _is_version_of(text: str, full: str) -> bool:
    """Return True if `text` is `full` or its beginning, such as `2.6` of `2.6.0`. `2` alone is not enough."""
    return text == full or ("." in text and full.startswith((f"{text}.", f"{text}-")))


def _explain_unknown_version(name: str, version: str, base: str | None) -> str:
    frameworks = dict.fromkeys(f for scope in SCOPES for f in _list_frameworks(name, scope))
    with_version = [f for f in frameworks if _is_version_of(version, f.version)]
    if with_version and base is not None:
        bases = sorted({f.base for f in with_version if f.base})
        listed = f"known: {', '.join(bases)}" if bases else f"{name} takes none"
        return f"no base {_quote(base)} of {name} {version}{did_you_mean(base, bases)} ({listed})"
    versions = list(dict.fromkeys(f.version for f in sorted(frameworks, key=_sort_key)))
    short = [".".join(_read_numbers(v, 2)) for v in versions if "-" not in v]
    newest = ", ".join(versions[:-9:-1])
    hint = did_you_mean(version, [*versions, *short])
    return f"no version {_quote(version)} of {name}{hint} (newest: {newest})"


def _quote(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")  # noqa: PLR2004  (one line of an error)


def _explain_missing_scope(framework: Framework, scope: Scope) -> str:
    nearest = find_nearest(framework, scope)
    return f"{framework} has no {scope} image: the nearest that has one is {str(nearest)!r}"


def _choose_tag(framework: Framework, tags: dict[str, str], instance: str, scope: Scope) -> str:
    hardware = find_hardware(instance)
    if hardware.is_arm:
        return "arm"
    if hardware.is_accelerated and not hardware.has_gpu:
        raise NoImage(f"no {framework} image for {instance} is listed here: name one with `image:`")
    if hardware.has_gpu:
        return "gpu" if "gpu" in tags else "cpu"
    if "cpu" not in tags:
        raise NoImage(f"{framework} has a GPU {scope} image only: {instance} has no GPU, ml.g5.xlarge has")
    return "cpu"


@cache
def _index_images() -> dict[str, tuple[Framework, Scope, dict[str, str]]]:
    """Return `repository:tag` -> (framework, scope, account by region). `2.6-gpu-py312` is the newest 2.6."""
    index: dict[str, tuple[Framework, Scope, dict[str, str]]] = {}
    for name, scopes in load("images")["images"].items():
        for kind, images in scopes.items():
            scope: Scope = "training" if kind == "training" else "inference"
            for framework in sorted((Framework(name, *full.split("/")) for full in images), key=_sort_key):
                record = images[framework.full_version]
                details = (framework, scope, load("images")["accounts"][record["accounts"]])
                for tag in record["tags"].values():
                    index.setdefault(f"{record['repository']}:{tag}", details)
                    if (short := _shorten_tag(framework, tag)) != tag:
                        index[f"{record['repository']}:{short}"] = details
    return index


def _shorten_tag(framework: Framework, tag: str) -> str:
    """Return `2.6-gpu-py312` for `2.6.0-gpu-py312`. AWS publishes both if the version has three numbers."""
    short, dot, _ = framework.version.rpartition(".")
    return short + tag.removeprefix(framework.version) if short.count(dot) == 1 and framework.base is None else tag
