"""AWS's ready-made images for scikit-learn, XGBoost, PyTorch, TensorFlow and Hugging Face.

In: `sklearn 1.2-1` as config.yaml says it, a scope, an instance type, a region. Out: the image URI that the
SageMaker SDK would give for the full version. Neuron (Trainium, Inferentia) and Gaudi images are not listed:
such instances need an image of the user's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pushtrain.catalog.data import load
from pushtrain.catalog.instances import has_gpu, is_accelerated, is_arm
from pushtrain.catalog.suggest import did_you_mean

Scope = Literal["training", "inference"]
SCOPES: tuple[Scope, Scope] = ("training", "inference")
_TEXT = re.compile(r"\s*(?P<name>[\w-]+)\s+(?P<version>[^\s/]+)(?:/(?P<base>[^\s/]+))?\s*")
_URI = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z0-9.]+/(?P<image>[^/:@]+:[^/:@]+)")


@dataclass(frozen=True)
class Framework:
    """One framework at its full version; `base` such as `pytorch2.5.1` belongs to huggingface alone."""

    name: str
    version: str
    base: str | None = None

    @property
    def full_version(self) -> str:
        """`1.2-1`, or `4.49.0/pytorch2.5.1` where there is a base."""
        return f"{self.version}/{self.base}" if self.base else self.version

    def __str__(self) -> str:
        return f"{self.name} {self.full_version}"


class UnknownFramework(ValueError):
    """There is no such framework, version or base."""


class NoImage(ValueError):
    """The framework exists, but AWS has no image of it for this scope, instance type or region."""


def resolve_framework(text: str, scope: Scope = "training") -> Framework:
    """Return the framework that config.yaml's `framework: text` names.

    `pytorch 2.6` is the newest 2.6 of `scope`, or of the other scope where that one has none.
    `huggingface 4.49.0` takes its newest PyTorch base, `huggingface 4.49.0/pytorch2.5.1` names one.
    Raises UnknownFramework, with what is known.
    """
    match = _TEXT.fullmatch(text)
    if not match:
        raise UnknownFramework(f"{_shown(text)}: write it as NAME VERSION, such as 'sklearn 1.2-1' or 'pytorch 2.6'")
    name, version, base = match["name"], match["version"], match["base"]
    if name not in load("images")["images"]:
        known = sorted(load("images")["images"])
        raise UnknownFramework(f"no framework {_shown(name)}{did_you_mean(name, known)} (known: {', '.join(known)})")
    other: Scope = "inference" if scope == "training" else "training"
    for where in (scope, other):
        if found := _matching(_frameworks(name, where), version, base):
            return found[-1]
    raise UnknownFramework(_unknown_version(name, version, base))


def build_image_uri(framework: Framework, *, scope: Scope, instance: str, region: str) -> str:
    """Return the image URI for a job (`training`, processing too) or a model (`inference`) on one machine.

    A GPU instance gets the CPU image where there is no GPU image (`has_gpu_image`): it runs, the GPUs idle.
    Raises NoImage, saying what exists.
    """
    record = _record(framework, "arm" if is_arm(instance) and scope == "inference" else scope)
    if is_arm(instance) and (record is None or scope == "training" or has_gpu(instance)):
        raise NoImage(f"{framework} has no {scope} image for Arm instances such as {instance}: choose an x86 one")
    if record is None:
        raise NoImage(_not_in_scope(framework, scope))
    tags, accounts = record["tags"], load("images")["accounts"][record["accounts"]]
    if region not in accounts:
        raise NoImage(f"{framework} has no image in region {region!r}{did_you_mean(region, accounts)}")
    suffix = load("images")["suffixes"].get(region, "amazonaws.com")
    tag = tags[_kind(framework, tags, instance, scope)]
    return f"{accounts[region]}.dkr.ecr.{region}.{suffix}/{record['repository']}:{tag}"


def has_gpu_image(framework: Framework, scope: Scope) -> bool:
    """Tell whether AWS has an image of `framework` that uses GPUs."""
    return "gpu" in (_record(framework, scope) or {"tags": ()})["tags"]


def has_cpu_image(framework: Framework, scope: Scope) -> bool:
    """Tell whether AWS has an image of `framework` for x86 instances without GPUs."""
    return "cpu" in (_record(framework, scope) or {"tags": ()})["tags"]


def find_nearest(framework: Framework, scope: Scope) -> Framework | None:
    """Return the framework of `scope` that stands nearest to `framework`; None where `scope` has none at all.

    Itself, else its version on another base, else the newest patch of its minor version, else the newest
    older version, else the oldest.
    """
    known = _frameworks(framework.name, scope)
    if framework in known or not known:
        return framework if known else None
    minor = ".".join(_numbers(framework.version, 2))
    older = [other for other in known if _order(other) < _order(framework)]
    return (
        _newest(other for other in known if other.version == framework.version)
        or _newest(other for other in known if ".".join(_numbers(other.version, 2)) == minor)
        or _newest(older)
        or known[0]
    )


def read_python_version(framework: Framework, scope: Scope) -> str | None:
    """Return `3.12` for an image tagged `py312`; None where the tag does not say."""
    match = re.fullmatch(r"py(\d)(\d+)", str((_record(framework, scope) or {}).get("python")))
    return f"{match[1]}.{match[2]}" if match else None


def identify_image(uri: str) -> tuple[Framework, Scope] | None:
    """Return framework and scope of an image that AWS publishes; None for any other image.

    scikit-learn and XGBoost use one image for both scopes: it is called `training` where both have it.
    """
    match = _URI.fullmatch(uri)
    framework, scope, accounts = _by_image().get(match["image"], (None, None, None)) if match else (None, None, None)
    if match is None or framework is None or scope is None or accounts is None:
        return None
    return (framework, scope) if accounts.get(match["region"]) == match["account"] else None


def _record(framework: Framework, scope: str) -> dict[str, Any] | None:
    images = load("images")["images"].get(framework.name, {})
    record: dict[str, Any] | None = images.get(scope, {}).get(framework.full_version)
    return record


@cache
def _frameworks(name: str, scope: Scope) -> tuple[Framework, ...]:
    """All of one scope, oldest first; of one huggingface version the PyTorch bases come last."""
    versions = load("images")["images"][name][scope]
    return tuple(sorted((Framework(name, *full.split("/")) for full in versions), key=_order))


def _order(framework: Framework) -> tuple[list[int], bool, list[int]]:
    base = framework.base or ""
    return _parts(framework.version), base.startswith("pytorch"), _parts(base)


def _parts(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _numbers(version: str, count: int) -> list[str]:
    return re.findall(r"\d+", version)[:count]


def _newest(frameworks: Iterable[Framework]) -> Framework | None:
    return max(frameworks, key=_order, default=None)


def _matching(known: Iterable[Framework], version: str, base: str | None) -> list[Framework]:
    return [f for f in known if _names(version, f.version) and (base is None or _names(base, f.base or ""))]


def _names(given: str, full: str) -> bool:
    """Tell whether `given` is `full` or its beginning at a dot or hyphen; a bare major names nothing."""
    return given == full or ("." in given and full.startswith((f"{given}.", f"{given}-")))


def _unknown_version(name: str, version: str, base: str | None) -> str:
    known = dict.fromkeys(f for scope in SCOPES for f in _frameworks(name, scope))
    with_version = [f for f in known if _names(version, f.version)]
    if with_version and base is not None:
        bases = sorted({f.base for f in with_version if f.base})
        listed = f"known: {', '.join(bases)}" if bases else f"{name} takes none"
        return f"no base {_shown(base)} of {name} {version}{did_you_mean(base, bases)} ({listed})"
    versions = list(dict.fromkeys(f.version for f in sorted(known, key=_order)))
    short = [".".join(_numbers(v, 2)) for v in versions if "-" not in v]
    newest = ", ".join(versions[:-9:-1])
    hint = did_you_mean(version, [*versions, *short])
    return f"no version {_shown(version)} of {name}{hint} (newest: {newest})"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")  # noqa: PLR2004  (one line of an error)


def _not_in_scope(framework: Framework, scope: Scope) -> str:
    other = find_nearest(framework, scope)
    return f"{framework} has no {scope} image: the nearest that has one is {str(other)!r}"


def _kind(framework: Framework, tags: dict[str, str], instance: str, scope: Scope) -> str:
    if is_arm(instance):
        return "arm"
    if is_accelerated(instance) and not has_gpu(instance):
        raise NoImage(f"no {framework} image for {instance} is listed here: name one with `image:`")
    if has_gpu(instance):
        return "gpu" if "gpu" in tags else "cpu"
    if "cpu" not in tags:
        raise NoImage(f"{framework} has a GPU {scope} image only: {instance} has no GPU, ml.g5.xlarge has")
    return "cpu"


@cache
def _by_image() -> dict[str, tuple[Framework, Scope, dict[str, str]]]:
    """`repository:tag` -> (framework, scope, account by region); `2.6-gpu-py312` is the newest 2.6."""
    found: dict[str, tuple[Framework, Scope, dict[str, str]]] = {}
    for name, scopes in load("images")["images"].items():
        for kind, images in scopes.items():
            scope: Scope = "training" if kind == "training" else "inference"
            for framework in sorted((Framework(name, *full.split("/")) for full in images), key=_order):
                record = images[framework.full_version]
                value = (framework, scope, load("images")["accounts"][record["accounts"]])
                for tag in record["tags"].values():
                    found.setdefault(f"{record['repository']}:{tag}", value)
                    if (short := _short_tag(framework, tag)) != tag:
                        found[f"{record['repository']}:{short}"] = value
    return found


def _short_tag(framework: Framework, tag: str) -> str:
    """`2.6-gpu-py312` of `2.6.0-gpu-py312`; AWS publishes both, for versions of three numbers."""
    short, dot, _ = framework.version.rpartition(".")
    return short + tag.removeprefix(framework.version) if short.count(dot) == 1 and framework.base is None else tag
