"""Rules about one job: image, spot, warm pool, raw fields."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import list_problems, load_train


@pytest.mark.parametrize(
    ("train", "problem"),
    [
        (
            "instance: ml.m5.large",
            ": needs `framework:`, such as pytorch 2.6 or sklearn 1.2-1, or `image:` with the URI of your own image",
        ),
        ("framework: pytorch 2.6, image: x", ".image: framework and image exclude each other. Remove one"),
        (
            "image: x, max_wait: 3d",
            ".max_wait: limits the wait for spot instances, but spot is off. Set spot: true or remove max_wait",
        ),
        (
            "image: x, spot: true, max_wait: 1h",
            ".max_wait: 1h is less than max_runtime 1d. It covers waiting and running: set 1d or more",
        ),
        (
            "image: x, spot: true, keep_alive: 1h",
            ".keep_alive: AWS does not document warm pools of spot instances. Remove keep_alive or spot",
        ),
        ("image: x, sagemaker: {Tags: []}", ".sagemaker.Tags: cannot be set in the raw block: use `tags:`"),
        ("image: x, sagemaker: {Tagz: []}", ".sagemaker.Tagz: AWS has no such member. Did you mean 'Tags'?"),
    ],
)
def test_problems(train: str, problem: str) -> None:
    assert list_problems(f"model: m\ntrain: {{{train}}}\n") == [f"config.yaml:2  train{problem}"]


def test_a_framework_without_an_image_for_the_instance_is_a_problem() -> None:
    (problem,) = list_problems("model: m\ntrain: {framework: pytorch 2.8, instance: ml.trn1.2xlarge}\n")
    assert problem.startswith("config.yaml:2  train.framework: no pytorch 2.8.0 image for ml.trn1.2xlarge")


def test_a_raw_field_that_nobody_else_sets_is_fine() -> None:
    raw = "{ExperimentConfig: {ExperimentName: a}}"
    assert load_train(f"model: m\ntrain: {{image: x, sagemaker: {raw}}}\n").sagemaker


@pytest.mark.parametrize(
    ("raw", "field", "reason"),
    [
        (
            "ProfilerRuleConfigurations: [{RuleConfigurationName: r, RuleEvaluatorImage: i}]",
            "",
            "rules start instances",
        ),
        ("DebugRuleConfigurations: [{RuleConfigurationName: r, RuleEvaluatorImage: i}]", "", "rules start instances"),
        (
            "ServerlessJobConfig: {JobType: FineTuning, BaseModelArn: a}",
            "",
            "serverless jobs have no instances, and no price of them is known",
        ),
        ("ModelPackageConfig: {ModelPackageGroupArn: a}", "", "a model is registered after the gate"),
        ("RemoteDebugConfig: {EnableRemoteDebug: true}", "", "a shell in a job would have the role of jobs"),
        (
            "AlgorithmSpecification: {TrainingImageConfig: {TrainingRepositoryAccessMode: Vpc}}",
            ".TrainingImageConfig",
            "images come from ECR",
        ),
    ],
)
def test_a_raw_field_that_goes_around_costs_gate_or_roles_is_refused(raw: str, field: str, reason: str) -> None:
    (problem,) = list_problems(f"model: m\ntrain: {{image: x, sagemaker: {{{raw}}}}}\n")
    name = raw.partition(":")[0] + field
    assert problem.startswith(f"config.yaml:2  train.sagemaker.{name}: cannot be set in the raw block: {reason}")
