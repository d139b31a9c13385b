"""The cases: every framework and version the SDK knows once, and any mixture of options that config.yaml has.

Out: lists of Case, the same on every machine and in every run.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.judge import framework, raw
from tests.judge.case import Case
from tests.judge.framework import Framework

MIXTURES = 520
CPU, GPU = "ml.m5.xlarge", "ml.g5.xlarge"
REGIONS = ("us-east-1", "ap-northeast-2", "eu-central-1", "us-west-2")
# (framework, distribution, instance, machines) that the SDK takes; it refuses sklearn on several machines.
DISTRIBUTED: tuple[tuple[str, object, str, int], ...] = (
    ("pytorch 2.6.0", "torch_distributed", "ml.g5.12xlarge", 2),
    ("pytorch 2.0.1", "pytorchddp", "ml.p4d.24xlarge", 2),
    ("pytorch 2.0.1", "smdistributed", "ml.p4d.24xlarge", 2),
    ("pytorch 2.6.0", {"mpi": {"processes_per_host": 4, "options": "-x NCCL_DEBUG=INFO"}}, "ml.p4d.24xlarge", 2),
    ("tensorflow 2.11.0", "smdistributed", "ml.p4d.24xlarge", 2),
    ("tensorflow 2.19.0", "parameter_server", "ml.c5.4xlarge", 3),
    ("tensorflow 2.19.0", {"mpi": {"processes_per_host": 1, "options": ""}}, "ml.g5.xlarge", 2),
    ("huggingface 4.49.0/pytorch2.5.1", "torch_distributed", "ml.g5.12xlarge", 2),
)
OWN_MACHINES = (CPU, GPU, "ml.g4dn.4xlarge")
STEPS = ("preprocess", "train", "evaluate")
OWN_IMAGE = "123456789012.dkr.ecr.{}.amazonaws.com/churn:3"  # the region of the case goes in


@cache
def frameworks() -> dict[str, tuple[str, ...]]:
    """`pytorch 2.6.0` → the instances that the SDK has a training image for."""
    processors = {
        str(one): tuple(kind for kind in (CPU, GPU) if one.uri(kind, REGIONS[0])) for one in framework.list_versions()
    }
    return {name: instances for name, instances in processors.items() if instances}


def every_version() -> Iterator[Case]:
    """Each framework version with each processor, in training and in both kinds of processing."""
    for name, instances in frameworks().items():
        for instance in instances:
            step = {"framework": name, "instance": instance}
            yield Case(
                document={
                    "model": "churn",
                    "data": {"raw": "s3://lake/churn/"},
                    "preprocess": step,
                    "train": step | {"hyperparameters": {"epochs": 3, "optimizer": "adam"}},
                    "evaluate": step,
                }
            )


def distributed() -> Iterator[Case]:
    """Each kind of distribution."""
    for name, kind, instance, machines in DISTRIBUTED:
        step: dict[str, Any] = {"framework": name, "instance": instance, "instances": machines, "distribution": kind}
        yield Case(document={"model": "churn", "data": {"raw": "s3://lake/churn/"}, "train": step})


def each_raw_field() -> Iterator[Case]:
    """Each raw field of the table, with spot machines and without."""
    for number, spot in itertools.product(range(len(raw.RAW)), (False, True)):
        step = {"framework": "pytorch 2.6.0", "instances": 2, "sagemaker": raw.block(number), "spot": spot}
        yield Case(document={"model": "churn", "data": {"raw": "s3://lake/churn/"}, "train": step})


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
WORD = st.from_regex(r"[a-z][a-z0-9_]{1,11}", fullmatch=True)
SCALAR = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6), st.booleans(), TEXT)
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3))
DURATION = st.sampled_from(["90s", "30m", "2h", "3d"])
SHORT, LONG = st.sampled_from(["60s", "10m", "1h"]), st.sampled_from(["4d", "7d"])
ENVIRONMENT = st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]{0,11}", fullmatch=True), TEXT, min_size=1, max_size=3)
ARGUMENTS = st.dictionaries(WORD, st.integers(0, 99) | st.booleans() | WORD, min_size=1, max_size=3)
OUTPUTS = st.lists(st.sampled_from(["train", "validation", "test", "holdout", "folds"]), min_size=1, unique=True)
KEY = st.sampled_from(["alias/models", "arn:aws:kms:us-east-1:123456789012:key/0a1b"])
VPC = {"subnets": ["subnet-0a1b2c3d", "subnet-1a1b2c3d"], "security_groups": ["sg-0a1b2c3d"]}
TAGS = st.dictionaries(
    st.sampled_from(["team", "cost center", "팀"]), st.sampled_from(["risk", "4711", ""]), min_size=1
)
CHECKPOINTS = st.sampled_from(["/opt/ml/checkpoints", "/opt/ml/kept"])


YES, ONE, SEVERAL = st.just(True), st.just(1), st.integers(1, 20)
VOLUME = st.sampled_from(["50GB", "1TB"])
SETTINGS = st.sets(st.integers(0, len(raw.RAW) - 1), max_size=3).map(lambda numbers: raw.block(*numbers))


@cache  # building a strategy takes longer than drawing from it
def _optional(**options: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=options)


NETWORK = _optional(vpc=st.just(VPC), isolation=YES, encrypt_between_containers=YES)
SHARED = _optional(tags=TAGS, network=NETWORK, kms=_optional(volume=KEY, output=KEY))
SPOT = st.builds(lambda wait: {"spot": True} | wait, _optional(max_wait=LONG)) | _optional(keep_alive=SHORT)


@cache
def _framework_names() -> st.SearchStrategy[str | None]:
    return st.sampled_from(list(frameworks())) | st.none()


@cache
def _instances(framework_name: str | None) -> st.SearchStrategy[str]:
    return st.sampled_from(frameworks()[framework_name] if framework_name else OWN_MACHINES)


@cache
@st.composite
def steps(draw: st.DrawFn, *, training: bool) -> dict[str, Any]:
    """One step with any of its options."""
    name = draw(_framework_names())
    machine = draw(_instances(name))
    options: dict[str, st.SearchStrategy[Any]] = {"instances": ONE if name and "sklearn" in name else SEVERAL}
    options |= {"volume": VOLUME, "environment": ENVIRONMENT, "max_runtime": DURATION}
    step = {"framework": name} if name else {"image": OWN_IMAGE}
    more = {} if training else {"arguments": ARGUMENTS}
    return step | {"instance": machine} | draw(_optional(**options, **more))


@cache
def _training_options(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    options: dict[str, st.SearchStrategy[Any]] = {
        "hyperparameters": st.dictionaries(WORD.filter(lambda name: name[:9] != "sagemaker"), VALUE, max_size=4),
        "metrics": st.dictionaries(WORD, st.just("loss=([0-9.]+);"), min_size=1, max_size=2),
        "retries": st.integers(1, 30),
        "script": st.just("steps/fit.py"),
        "channels": st.lists(st.sampled_from(names), min_size=1, unique=True),
        "checkpoint": CHECKPOINTS,
        "sagemaker": SETTINGS,
    }
    return _optional(**options)


@st.composite
def training(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """The training step."""
    return draw(steps(training=True)) | draw(_training_options(*names)) | draw(SPOT)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any config that the SDK can say as well, on any platform."""
    data = draw(st.sampled_from([{"raw": "s3://lake/churn/2026/"}, {"raw": "data/", "lookup": "s3://lake/lookup.csv"}]))
    document: dict[str, Any] = {"model": draw(st.sampled_from(["churn", "Fraud-2"])), "data": data}
    outputs = ["train", "test"]
    if draw(st.booleans()):
        document["preprocess"] = draw(steps(training=False))
        if draw(st.booleans()):
            document["preprocess"]["outputs"] = outputs = draw(OUTPUTS)
    names = [*(outputs if "preprocess" in document else ()), *data]
    document["train"] = draw(training(names))
    if draw(st.booleans()):
        document["evaluate"] = draw(steps(training=False))
        if draw(st.booleans()):
            input_names = st.sampled_from([*names, "model"])
            document["evaluate"]["inputs"] = draw(st.lists(input_names, min_size=1, unique=True))
    document |= draw(SHARED)
    platform = draw(platforms(keyed="kms" not in document))
    region = draw(st.sampled_from(_regions(document)))
    for name in STEPS:
        if "image" in document.get(name, {}):
            document[name]["image"] = OWN_IMAGE.format(region)
    return Case(document=document, region=region, platform=platform)


@cache
def platforms(*, keyed: bool) -> st.SearchStrategy[dict[str, Any]]:
    """A platform that may be stricter; one with a key takes no config with another."""
    options: dict[str, st.SearchStrategy[Any]] = {
        "isolation": st.just(True),
        "encrypt_between_containers": st.just(True),
        "tags": st.just({"owner": "platform"}),
        **({"kms_key": st.just("arn:aws:kms:us-east-1:123456789012:key/9z")} if keyed else {}),
    }
    vpc = {"subnets": tuple(VPC["subnets"]), "security_groups": tuple(VPC["security_groups"])}
    return st.builds(lambda one, more: one | more, _optional(**options), st.sampled_from([{}, vpc]))


def _regions(document: dict[str, Any]) -> list[str]:
    """Those of REGIONS where the SDK has the images of all steps."""
    steps = [document.get(name, {}).get("framework") for name in STEPS]
    places = [Framework.of(text).regions for text in steps if text]
    return [region for region in REGIONS if all(region in regions for regions in places)]


def mixtures() -> list[Case]:
    """MIXTURES cases of any options: drawn by hypothesis, always the same ones."""
    drawn: list[Case] = []

    @settings(
        max_examples=MIXTURES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def collect(case: Case) -> None:
        drawn.append(case)

    collect()
    return drawn
