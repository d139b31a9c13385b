"""A candidate, and the names of its steps."""

from __future__ import annotations

from tests.unit.config.sample_configs import load

TEXT = """
model: churn
data: {raw: data/}
defaults: {framework: sklearn 1.2-1}
preprocess: {}
train: {}
evaluate: {}
candidates: {base: {}, boost: {train: {script: boost.py}}}
choose: {maximize: auc}
"""


def test_its_own_steps_have_its_name_in_the_run() -> None:
    base, boost = load(TEXT).candidates
    assert (base.name, base.run_steps) == ("base", ("base-train", "base-evaluate"))
    assert (boost.own_steps, boost.name_step("train"), boost.name_step("preprocess")) == (
        ("train", "evaluate"),
        "boost-train",
        "preprocess",
    )
    assert boost.config.train is not None
    assert (boost.config.train.script, boost.config.candidates) == ("boost.py", ())


def test_a_config_lists_the_shared_steps_and_those_of_each_candidate() -> None:
    config = load(TEXT)
    assert list(config.steps) == ["preprocess", "base-train", "base-evaluate", "boost-train", "boost-evaluate"]
    assert config.steps["boost-train"].script == "boost.py"
