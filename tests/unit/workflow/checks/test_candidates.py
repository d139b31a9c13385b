"""A template must run every candidate."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import TemplateError
from pushtrain.workflow.checks.candidates import check_candidates

CONFIG = """
model: churn
template: own
defaults: {framework: sklearn 1.2-1}
train: {}
evaluate: {}
candidates: {base: {}}
choose: {maximize: auc}
"""


def test_a_template_that_leaves_candidates_out_is_refused() -> None:
    config = load_config(CONFIG.encode()).config
    states = {name: {"Type": "Succeed"} for name in ("base-train", "base-evaluate")}
    check_candidates({"StartAt": "base-train", "States": states}, config)
    del states["base-evaluate"]
    with pytest.raises(TemplateError) as raised:
        check_candidates({"StartAt": "base-train", "States": states}, config)
    assert str(raised.value) == (
        "candidates: template 'own' does not run the candidates: it has no state 'base-evaluate'. Build their states "
        "with `pipeline.run_steps()`, or remove `candidates`"
    )
