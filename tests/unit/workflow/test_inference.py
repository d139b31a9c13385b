"""What an endpoint would run: the verdict records it, and the registry gets the same."""

from __future__ import annotations

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.inference import describe_inference, list_raw_fields
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


def test_raw_fields_are_listed_by_step() -> None:
    raw = "sagemaker: {InfraCheckConfig: {EnableInfraCheck: true}}"
    config = load_config(f"model: churn\ntrain: {{framework: sklearn 1.2-1, {raw}}}\nregister: {{}}\n".encode()).config
    expected = {"train": {"InfraCheckConfig": {"EnableInfraCheck": True}}}
    assert list_raw_fields(config) == expected
    definition = compile_workflow(config, Platform.local())
    assert definition["States"]["decide"]["Parameters"]["Payload"]["raw_fields"] == expected
