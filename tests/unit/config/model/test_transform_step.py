"""A step of kind transform: the keys that it has, and those of other steps that it does not have."""

from __future__ import annotations

from pushtrain.config import list_steps, load_config
from pushtrain.config.model.transform_step import TransformStep

CONFIG = """model: churn
data: {rows: s3://lake/rows/}
defaults: {framework: sklearn 1.2-1, volume: 50GB, reads: [a.py], environment: {A: b}, max_runtime: 3h, cache: true}
train: {}
steps: {predict: {kind: transform, inputs: [train.model, data.rows]}}
register: {}
"""


def test_defaults_about_scripts_and_images_are_not_for_it() -> None:
    (step,) = [step for step in list_steps(load_config(CONFIG.encode()).config) if step.name == "predict"]
    assert isinstance(step.settings, TransformStep)
    assert (step.settings.max_runtime, step.settings.cache) == (3 * 3600, True)
    assert [step.settings.model_dump().get(key) for key in ("framework", "image", "volume")] == [None, None, None]
    assert not step.settings.has_script
    assert [(output.name, output.path) for output in step.outputs] == [("predictions", "")]
    assert not {"framework", "image", "script", "volume", "environment", "reads"} & TransformStep.model_fields.keys()
