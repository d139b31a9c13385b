"""The Python packages that AWS's framework images hold, so that a script that imports one of them finds it here too.

In: a framework and the names of modules. Out: the packages that bring these modules. `image_packages.json` has the
packages, with the date and the files of AWS that list them; `scripts/generate_image_packages.py` writes it. It lists
the newest image of each framework. An older image may lack one of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from pushtrain.catalog.data import load

# Packages whose module has another name. A name that differs only in - and _ is not listed.
MODULES = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "git": "gitpython",
    "google": "protobuf",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
}


# The package that has the version of the framework.
MAIN_PACKAGES = {
    "sklearn": "scikit-learn",
    "xgboost": "xgboost",
    "pytorch": "torch",
    "tensorflow": "tensorflow",
    "huggingface": "transformers",
}


def find_image_packages(framework: str, modules: Iterable[str]) -> tuple[str, ...]:
    """Return the packages of the framework's image that have one of these modules: {"yaml"} → ("pyyaml",).

    `framework` is a name of the catalog. For an unknown one, and for modules that no package of the image has, nothing
    is returned.
    """
    packages = set(load("image_packages")["packages"].get(framework, ()))
    names = {MODULES.get(module, module.replace("_", "-").lower()) for module in modules}
    return tuple(sorted(names & packages))
