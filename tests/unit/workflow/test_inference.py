"""What an endpoint would run: the verdict records it, and the registry gets the same."""

from __future__ import annotations

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow.inference import describe_inference
from pushtrain.workflow.registration import build_model_package_request

CONFIG = b"""model: churn
train: {framework: sklearn 1.2-1}
register: {inference: {environment: {THRESHOLD: '0.5'}}}
"""


def test_the_verdict_and_the_registry_describe_the_same_container() -> None:
    config, platform = load_config(CONFIG).config, Platform.local()
    described = describe_inference(config, platform)
    [container] = build_model_package_request(config, platform)["InferenceSpecification"]["Containers"]
    assert described == {"image": container["Image"], "environment": container["Environment"]}
    assert described["environment"] == {"THRESHOLD": "0.5"}
    assert "sklearn" in described["image"] or "scikit-learn" in described["image"]
