"""Training jobs without a script: which images' own programs this computer can imitate, and how.

In: the URI of an image. Out: the command that trains in its place. Only XGBoost's algorithm has an open-source library
that reads the same data and hyperparameters.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pushtrain.errors import LocalError
from pushtrain.local.container.xgboost_algorithm import PICKLE, SAVE

if TYPE_CHECKING:
    from pushtrain.config import Config

PROGRAM = Path(__file__).with_name("xgboost_algorithm.py")
MODULES = frozenset({"sagemaker_xgboost_container"})  # what PROGRAM imports besides the framework's library
PICKLED_BEFORE = (1, 3)  # older images pickle the model; source: "XGBoost algorithm" of the developer guide
_REMEDY = (
    "A local run imitates only XGBoost's (`framework: xgboost VERSION`). `pushtrain push --wait` to a dev environment "
    "runs any"
)


def build_algorithm_command(image: str, python: Path, root: str) -> tuple[str, ...] | None:
    """Return the command that trains as the image's own program would; None if this computer cannot imitate it.

    `root` is the script's path to /opt/ml.
    """
    version = _find_version(image)
    if version is None:
        return None
    return (str(python), str(PROGRAM), root, PICKLE if version < PICKLED_BEFORE else SAVE)


def explain_no_algorithm(image: str) -> str:
    """Return why a job without a script cannot run on this computer."""
    return f"the image {image!r} brings its own program, which this computer does not have. {_REMEDY}"


def check_algorithms(config: Config) -> None:
    """Raise LocalError for a step without a script that this computer cannot run, before anything starts."""
    from pushtrain.config.candidates import list_steps  # noqa: PLC0415 - the models of config.yaml are slow to import

    for step in list_steps(config):
        image = step.settings.image
        if not step.settings.has_script and image and _find_version(image) is None:
            raise LocalError(f"{step.name}: {explain_no_algorithm(image)}")


def _find_version(image: str) -> tuple[int, ...] | None:
    """Return the version of XGBoost in an image of AWS, (1, 7); None for any other image."""
    from pushtrain.catalog.images import ALGORITHM_FRAMEWORK, identify_image  # noqa: PLC0415 - a large table

    identified = identify_image(image)
    if identified is None or identified[0].name != ALGORITHM_FRAMEWORK:
        return None
    return tuple(int(number) for number in identified[0].version.partition("-")[0].split("."))
