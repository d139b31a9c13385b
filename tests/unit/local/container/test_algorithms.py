"""Which programs of images this computer imitates."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.config import load_config
from pushtrain.errors import LocalError
from pushtrain.local.container.algorithms import PROGRAM, build_algorithm_command, check_algorithms

ECR = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost"
KMEANS = "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1"
CONFIG = "model: m\ndata: {{train: rows.csv}}\ntrain: {{image: {image}, script: none}}\n"


@pytest.mark.parametrize(("tag", "model_format"), [("1.7-1", "save"), ("1.2-2", "pickle")])
def test_xgboost_trains_with_the_library_and_stores_as_its_version_does(tag: str, model_format: str) -> None:
    command = build_algorithm_command(f"{ECR}:{tag}", Path("/env/bin/python"), "/opt/ml")
    assert command == ("/env/bin/python", str(PROGRAM), "/opt/ml", model_format)
    check_algorithms(load_config(CONFIG.format(image=f"{ECR}:{tag}").encode()).config)


def test_any_other_program_is_refused_before_anything_starts() -> None:
    assert build_algorithm_command(KMEANS, Path("/env/bin/python"), "/opt/ml") is None
    with pytest.raises(LocalError) as error:
        check_algorithms(load_config(CONFIG.format(image=KMEANS).encode()).config)
    assert str(error.value) == (
        f"train: the image {KMEANS!r} brings its own program, which this computer does not have. A local run imitates "
        "only XGBoost's (`framework: xgboost VERSION`). `pushtrain push --wait` to a dev environment runs any"
    )


def test_scripts_and_frameworks_are_not_refused() -> None:
    check_algorithms(load_config(CONFIG.format(image=KMEANS).replace("none", "t.py").encode()).config)
