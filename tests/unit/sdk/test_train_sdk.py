"""Template `train-sdk` against `train`: whole definitions, for every kind of config, on platforms of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain.catalog import images
from pushtrain.config import Config, load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow, serialize_definition
from pushtrain.workflow.checks.definition import find_definition_problems

ROOT = Path(__file__).parents[3]
CASES = sorted(path for path in (ROOT / "tests/golden/definitions").iterdir() if not path.name.startswith("error-"))
MODEL_REPOS = sorted(path.parent for path in (ROOT / "model_repos").glob("*/config.yaml"))
OPEN = Platform.local()
STRICT = Platform(
    account="210987654321",
    region="cn-north-1",
    prefix="ptprod",
    code_bucket="code",
    artifact_bucket="artifacts",
    states_role="arn:aws-cn:iam::210987654321:role/states",
    job_role="arn:aws-cn:iam::210987654321:role/jobs",
    environment="prod",
    subnets=("subnet-0a1b2c3d",),
    security_groups=("sg-0a1b2c3d",),
    isolation=True,
    encrypt_between_containers=True,
    image_accounts=("123456789012",),
    tags={"owner": "platform"},
)
# The SDK writes these out; each is what the API takes unless told (shapes ProcessingInput, ProcessingS3Input).
SAID_DEFAULTS = {"AppManaged": False, "S3CompressionType": "None"}


def without_defaults(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if SAID_DEFAULTS.get(key, ...) != item}
        return {key: without_defaults(item) for key, item in kept.items()}
    return [without_defaults(item) for item in value] if isinstance(value, list) else value


def both(config: Config, platform: Platform) -> tuple[dict[str, Any], dict[str, Any]]:
    """The definitions of `train` and of `train-sdk`, comments left aside."""
    made = [
        compile_workflow(config.model_copy(update={"template": name}), platform) | {"Comment": ""}
        for name in ("train", "train-sdk")
    ]
    return made[0], without_defaults(made[1])


@pytest.mark.parametrize("platform", [OPEN, STRICT], ids=["open", "strict"])
@pytest.mark.parametrize("case", [*CASES, *MODEL_REPOS], ids=lambda case: case.name)
def test_it_does_what_train_does(case: Path, platform: Platform) -> None:
    text = (case / "config.yaml").read_text().replace("ecr.us-east-1", f"ecr.{platform.region}")
    config = load_config(text.encode(), environment=platform.environment).config
    ours, theirs = both(config, platform)
    assert theirs == ours
    assert find_definition_problems(theirs) == []


def test_on_a_platform_with_a_key_too() -> None:
    keyed = msgspec.structs.replace(STRICT, kms_key="arn:aws-cn:kms:cn-north-1:210987654321:key/1")
    ours, theirs = both(config_with("train: {framework: pytorch 2.6, instance: ml.p4d.24xlarge}"), keyed)
    assert theirs == ours


FRAMEWORKS = ["sklearn 1.2-1", "xgboost 1.7-1", "pytorch 2.6", "tensorflow 2.16", "huggingface 4.49.0"]
IMAGE = "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"
TRAIN = """
  instance: ml.g5.xlarge
  instances: 2
  volume: 90GB
  max_runtime: 3h
  environment: {A: b}
  retries: 3
  metrics: {loss: 'loss=([0-9.]+)'}
  hyperparameters: {a: 1, b: 0.5, c: true, d: text, e: [1, 2], f: {g: 1}, name: 나무, quoted: "it's {}"}
"""
SPOT = "  spot: true\n  checkpoint: /opt/ml/kept\n"
WARM = "  keep_alive: 30m\n  checkpoint: /opt/ml/kept\n"


def config_with(text: str) -> Config:
    return load_config(f"model: churn\ndata: {{raw: s3://lake/churn/}}\n{text}\n".encode()).config


@pytest.mark.parametrize("more", [SPOT, WARM], ids=["spot", "warm pool"])
@pytest.mark.parametrize("image", [*(f"framework: {name}" for name in FRAMEWORKS), IMAGE])
def test_every_framework_and_every_option(image: str, more: str) -> None:
    machine = f"{image}, instance: ml.g5.xlarge, environment: {{A: b}}"
    processing = f'{{{machine}, arguments: {{x: 1, y: "it\'s {{}}"}}}}'
    text = f"preprocess: {processing}\ntrain:\n  {image}{TRAIN}{more}evaluate: {processing}\n"
    ours, theirs = both(config_with(text), OPEN)
    assert theirs == ours


@pytest.mark.parametrize("kind", ["torch_distributed", "pytorchddp", "smdistributed", "parameter_server", "mpi"])
def test_every_way_to_distribute(kind: str) -> None:
    framework = "tensorflow 2.16" if kind == "parameter_server" else "pytorch 2.6"
    gpu = "ml.p4d.24xlarge"
    text = f"train: {{framework: {framework}, instance: {gpu}, instances: 2, distribution: {kind}}}"
    ours, theirs = both(config_with(text), OPEN)
    assert theirs == ours


@pytest.mark.parametrize("instance", ["ml.g5.xlarge", "ml.g6e.xlarge", "ml.p5.48xlarge"])
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_images_are_the_catalog_s_also_where_the_sdk_would_refuse(framework: str, instance: str) -> None:
    config = config_with(f"train: {{framework: {framework}, instance: {instance}}}")
    job = both(config, OPEN)[1]["States"]["train"]["Parameters"]
    wanted = images.build_image_uri(
        images.resolve_framework(framework), scope="training", instance=instance, region="us-east-1"
    )
    assert job["AlgorithmSpecification"]["TrainingImage"] == wanted


def test_two_builds_are_one_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK stamps the time, and asks for this machine's region and profile."""
    config = config_with("template: train-sdk\ntrain: {framework: sklearn 1.2-1}")
    first = serialize_definition(compile_workflow(config, OPEN))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    monkeypatch.setenv("AWS_REGION", "us-gov-west-1")
    assert serialize_definition(compile_workflow(config, OPEN)) == first
