"""`validate` remarks once that a script draws random numbers without a seed, and never about a script that sets one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.config import load_config
from pushtrain.errors import Problem
from pushtrain.model_repo.check import validate
from pushtrain.model_repo.seeds import find_unseeded_scripts

ROOT = Path(__file__).parents[3]
CONFIG = """
model: m
data: {raw: data/}
preprocess: {script: prepare.py, framework: sklearn 1.2-1, outputs: [train]}
train: {script: steps/train.py, framework: sklearn 1.2-1}
"""
FOREST = "from sklearn.ensemble import RandomForestClassifier as Forest\n\nmodel = Forest({})\n"


def find(train: str, config: str = CONFIG, **others: str) -> tuple[Problem, ...]:
    """Return the remarks about a training script and other files: `pkg__net` is pkg/net.py."""
    sources = {f"{name.replace('__', '/')}.py": text.encode() for name, text in others.items()}
    loaded = load_config(config.encode())
    return find_unseeded_scripts(loaded.config, {"steps/train.py": train.encode(), **sources}, folder="churn")


@pytest.mark.parametrize(
    ("script", "line", "message"),
    [
        (FOREST.format(""), 3, "RandomForestClassifier gives another result in each run. Set one: `random_state=7` in"),
        (FOREST.format("random_state=None"), 3, "RandomForestClassifier"),
        ("import torch\n", 1, "so torch gives another result in each run. Set one: `torch.manual_seed(7)`"),
        ("from torch import nn\n", 1, "torch.manual_seed"),
        ("import tensorflow.keras as k\n", 1, "keras.utils.set_random_seed(7)"),
        ("\nimport numpy as np\nrows = np.random.rand(3)\n", 3, "numpy.random.rand gives"),
        ("import numpy as np\nrows = np.random.default_rng().random()\n", 2, "numpy.random.default_rng gives"),
        ("from random import shuffle\nshuffle([])\n", 2, "random.shuffle gives"),
        ('"""The seed is not set."""\nimport random\nrandom.random()\n', 3, "`random.seed(7)`"),
    ],
)
def test_a_script_without_a_seed_is_named_with_its_line(script: str, line: int, message: str) -> None:
    (remark,) = find(script)
    assert (remark.file, remark.line) == ("churn/steps/train.py", line)
    assert message in remark.message


@pytest.mark.parametrize(
    "script",
    [
        FOREST.format("random_state=7"),
        FOREST.format("random_state=args.random_state"),
        FOREST.format("**{'random_state': 7}"),
        "import torch\ntorch.manual_seed(7)\n",
        "import torch\nfrom transformers import set_seed\nset_seed(7)\n",
        "import torch\nimport lightning as L\nL.seed_everything(7)\n",
        "import numpy as np\nrows = np.random.default_rng(7).random()\n",
        "import numpy as np\nnp.random.seed(7)\nnp.random.rand(3)\n",
        "import random\nrandom.Random(7).random()\n",
        "import xgboost\nxgboost.train({'subsample': 0.5}, None)\n",  # its seed is 0
        "import lightgbm\nlightgbm.LGBMClassifier()\n",
        "import numpy as np\nfrom sklearn.linear_model import LogisticRegression\nLogisticRegression().fit([], [])\n",
        "from sklearn.pipeline import make_pipeline\nmake_pipeline()\n",
        "import mine.random\nmine.random.rand()\n",
        "def broken(:\n",
    ],
)
def test_a_script_that_sets_a_seed_or_draws_nothing_is_not_remarked(script: str) -> None:
    assert find(script) == ()


@pytest.mark.parametrize(
    "setting",
    ["hyperparameters: {seed: 7}", "hyperparameters: {random_state: 7}", "environment: {PL_GLOBAL_SEED: '7'}"],
)
def test_a_setting_of_config_yaml_may_be_the_seed(setting: str) -> None:
    config = CONFIG.replace("train: {script", f"train: {{{setting}, script")
    assert len(find(FOREST.format(""))) == 1
    assert find(FOREST.format(""), config) == ()


def test_the_modules_that_a_script_imports_may_set_the_seed() -> None:
    script = "from pkg import net\n" + FOREST.format("")
    assert find(script, pkg__net="from . import setup\n", pkg__setup="import numpy\nnumpy.random.seed(7)\n") == ()
    assert len(find(script, pkg__net="", pkg__setup="import numpy\nnumpy.random.seed(7)\n")) == 1


def test_a_step_that_only_reads_a_model_with_torch_draws_nothing() -> None:
    assert find("", prepare="import torch\nmodel = torch.load('model.pt')\n") == ()
    (remark,) = find("", prepare="import torch\nrows = torch.randperm(3)\n")
    assert (remark.file, remark.line) == ("churn/prepare.py", 2)


def test_several_scripts_are_one_remark() -> None:
    (remark,) = find("import torch\n", prepare="import random\nrandom.random()\n")
    assert remark.file == "churn/prepare.py"
    assert remark.message == (
        "no seed is set, so random.random gives another result in each run. Set one: `random.seed(7)`"
        ". The same holds for steps/train.py"
    )


FOLDERS = sorted(
    path.parent
    for folder in ("model_repos", "src/pushtrain/starters")
    for path in (ROOT / folder).glob("*/config.yaml")
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_starter_and_no_example_is_remarked(folder: Path) -> None:
    assert validate(folder).remarks == ()
