"""Which Python packages stand for an AWS framework image. Pure.

In: requirements.txt as text, a framework and its image's version. Out: the lines that pip installs, and how versions
compare.
A package that requirements.txt names is taken as it stands there: that line wins; a pin to the image only narrows it.
"""

from __future__ import annotations

import re

# The framework's own package first; the others are in the image too, and scripts count on them.
PACKAGES = {
    "sklearn": ("scikit-learn", "pandas", "numpy"),
    "xgboost": ("xgboost", "pandas", "scikit-learn"),
    "pytorch": ("torch",),
    "tensorflow": ("tensorflow",),
    "huggingface": ("transformers", "datasets"),
}
BASES = {"pytorch": "torch", "tensorflow": "tensorflow"}
NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
# Wheels of scikit-learn before 1.4.2 were built for numpy 1 and allow numpy 2, under which they cannot be imported.
NUMPY_2_SINCE = (1, 5)
FULL = 3  # numbers of a full release; fewer leave the rest open


def normal(name: str) -> str:
    """A package name as PyPA compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements: str) -> set[str]:
    """Normal names of the packages that requirements.txt asks for itself."""
    return {normal(match[1]) for line in requirements.splitlines() if (match := NAME.match(line))}


def blank(requirements: str) -> bool:
    """Whether requirements.txt asks for nothing: no lines but empty ones and comments."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in requirements.splitlines())


def needed(requirements: str, framework: tuple[str, str] | None, *, match_image: bool) -> tuple[str, ...]:
    """Lines to install beside `requirements`; `match_image` pins the framework's package to the image's version."""
    if framework is None:
        return ()
    name, version = framework
    version, _, base = version.partition("/")
    pins = _pins(name, version, base) if match_image else {}
    packages = (*PACKAGES.get(name, ()), *_base_packages(name, base))
    present = named(requirements)
    return tuple(
        package + pins.get(package, "") for package in packages if package in pins or normal(package) not in present
    )


def main_package(framework: str) -> str | None:
    """The package whose version is the framework's."""
    return PACKAGES[framework][0] if framework in PACKAGES else None


def same(installed: str, image: str) -> bool:
    """Whether a package version is the image's as far as the image's tag tells (`1.2-1` tells 1.2)."""
    wanted = _release(image)
    return _release(installed)[: len(wanted)] == wanted


def _base_packages(name: str, base: str) -> tuple[str, ...]:
    if name != "huggingface":
        return ()
    known = [package for prefix, package in BASES.items() if base.startswith(prefix)]
    return tuple(known) or ("torch",)


def _pins(name: str, version: str, base: str) -> dict[str, str]:
    """Package → version specifier. The number after the hyphen of `1.2-1` counts images, not releases."""
    if (package := main_package(name)) is None:
        return {}
    pins = {package: _pin(version)}
    for prefix, of_base in BASES.items():
        if name == "huggingface" and base.startswith(prefix):
            pins[of_base] = _pin(base.removeprefix(prefix))
    if name == "sklearn" and _release(version) < NUMPY_2_SINCE:
        pins["numpy"] = "<2"
    return pins


def _pin(version: str) -> str:
    release = _release(version)
    return "==" + ".".join(map(str, release)) + (".*" if len(release) < FULL else "")


def _release(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: `1.2-1` → (1, 2), `2.6.0+cpu` → (2, 6, 0)."""
    match = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()
