"""The Python packages that take the place of an AWS framework image. Pure.

In: requirements.txt as text, a framework and its image's version. Out: the lines that pip installs, and whether two
versions are equal. If requirements.txt names a package, its line is used; a pin to the image's version only narrows it.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from pushtrain.catalog.image_packages import MAIN_PACKAGES, find_image_packages

# Packages that are in the image beside the framework's own, and that most scripts use.
COMPANIONS = {
    "sklearn": ("pandas", "numpy"),
    "xgboost": ("pandas", "scikit-learn"),
    "huggingface": ("datasets",),
}
# No image of AWS has pandas 3 (the lists of catalog/image_packages.json), under which scripts for pandas 2 fail.
LIMITS = {"pandas": "<3"}
BASES = {"pytorch": "torch", "tensorflow": "tensorflow"}
NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
# Wheels of scikit-learn before 1.4.2 were built for numpy 1 and allow numpy 2, under which they cannot be imported.
NUMPY_2_SINCE = (1, 5)
# AWS's images of scikit-learn before 1.4 have pandas 1. Its wheels exist wherever those of such a scikit-learn do.
PANDAS_2_SINCE = (1, 4)
FULL = 3  # numbers of a full release; with fewer numbers, any release that starts with them matches


def normalize_name(name: str) -> str:
    """Return a package name in the form in which PyPA compares names: `Scikit_Learn` → `scikit-learn`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_names(requirements: str) -> set[str]:
    """Return the normalized names of the packages in requirements.txt."""
    return {normalize_name(match[1]) for line in requirements.splitlines() if (match := NAME.match(line))}


def is_blank(requirements: str) -> bool:
    """Return True if requirements.txt has only empty lines and comments."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in requirements.splitlines())


def list_lines(
    requirements: str, framework: tuple[str, str] | None, modules: Collection[str] = (), *, match_image: bool
) -> tuple[str, ...]:
    """Return the lines to install in addition to `requirements`, such as ("scikit-learn==1.2.*", "pandas").

    These are the framework's own packages, and those of its image that have one of `modules`. With `match_image`, the
    framework's package is pinned to the image's version.
    """
    if framework is None:
        return ()
    name, version = framework
    version, _, base = version.partition("/")
    pins = _build_pins(name, version, base) if match_image else {}
    main = MAIN_PACKAGES.get(name)
    own = (*((main,) if main else ()), *COMPANIONS.get(name, ()), *_list_base_packages(name, base))
    packages = dict.fromkeys((*own, *(find_image_packages(name, modules) if modules else ())))
    present = read_names(requirements)
    return tuple(
        package + pins.get(package, LIMITS.get(package, ""))
        for package in packages
        if package in pins or normalize_name(package) not in present
    )


def is_same_version(installed: str, image: str) -> bool:
    """Return True if an installed version equals the image's. A tag such as `1.2-1` says no more than 1.2."""
    image_release = _parse_release(image)
    return _parse_release(installed)[: len(image_release)] == image_release


def _list_base_packages(name: str, base: str) -> tuple[str, ...]:
    """Return the package on which a Hugging Face image is based: torch or tensorflow."""
    if name != "huggingface":
        return ()
    base_packages = [package for prefix, package in BASES.items() if base.startswith(prefix)]
    return tuple(base_packages) or ("torch",)


def _build_pins(name: str, version: str, base: str) -> dict[str, str]:
    """Return the version specifier of each package. The 1 in `1.2-1` counts images, so it is not part of a release."""
    if (package := MAIN_PACKAGES.get(name)) is None:
        return {}
    pins = {package: _build_pin(version)}
    for prefix, base_package in BASES.items():
        if name == "huggingface" and base.startswith(prefix):
            pins[base_package] = _build_pin(base.removeprefix(prefix))
    if name == "sklearn" and _parse_release(version) < NUMPY_2_SINCE:
        pins["numpy"] = "<2"
    if name == "sklearn" and _parse_release(version) < PANDAS_2_SINCE:
        pins["pandas"] = "<2"
    return pins


def _build_pin(version: str) -> str:
    release = _parse_release(version)
    return "==" + ".".join(map(str, release)) + (".*" if len(release) < FULL else "")


def _parse_release(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version: `1.2-1` → (1, 2), `2.6.0+cpu` → (2, 6, 0)."""
    match = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()
