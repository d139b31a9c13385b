"""Image URIs equal the SageMaker SDK's (uris.json was written by scripts/generate_images.py with the SDK)."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.catalog import images
from pushtrain.catalog.data import load
from pushtrain.catalog.images import Framework, NoImage, UnknownFramework, build_image_uri, resolve_framework

EXPECTED = json.loads(Path(__file__).with_name("uris.json").read_text("utf-8"))
ALL = [f for name in load("images")["images"] for scope in images.SCOPES for f in images._list_frameworks(name, scope)]


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: f"{case['framework']} {case['instance']} {case['region']}")
def test_uri_is_the_one_the_sdk_gives(case: dict[str, str]) -> None:
    framework = resolve_framework(case["framework"])
    scope: images.Scope = "training" if case["scope"] == "training" else "inference"
    uri = build_image_uri(framework, scope=scope, instance=case["instance"], region=case["region"])
    assert uri == case["uri"]
    described = images.identify_image(uri)
    assert described is not None
    assert described[0] == framework


@pytest.mark.parametrize(
    ("text", "scope", "expected"),
    [
        ("sklearn 1.2-1", "training", Framework("sklearn", "1.2-1")),
        ("sklearn 1.2", "training", Framework("sklearn", "1.2-1")),
        ("  pytorch   2.6 ", "training", Framework("pytorch", "2.6.0")),
        ("xgboost 1.2", "training", Framework("xgboost", "1.2-2")),
        ("tensorflow 2.16", "training", Framework("tensorflow", "2.16.2")),
        ("tensorflow 2.16", "inference", Framework("tensorflow", "2.16.1")),
        ("huggingface 4.49.0", "training", Framework("huggingface", "4.49.0", "pytorch2.5.1")),
        ("huggingface 4.49.0", "inference", Framework("huggingface", "4.49.0", "pytorch2.6.0")),
        ("huggingface 4.26", "inference", Framework("huggingface", "4.26.0", "pytorch1.13.1")),
        ("huggingface 4.26/tensorflow2.11", "training", Framework("huggingface", "4.26.0", "tensorflow2.11.0")),
        ("huggingface 4.49.0/pytorch2.5.1", "inference", Framework("huggingface", "4.49.0", "pytorch2.5.1")),
    ],
)
def test_short_versions_mean_the_newest_that_begins_so(text: str, scope: images.Scope, expected: Framework) -> None:
    assert resolve_framework(text, scope) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "pytorch 2.66",
            (
                "no version '2.66' of pytorch. Did you mean '2.6'? (newest: 2.8.0, 2.7.1, 2.6.0, 2.5.1, 2.4.0, "
                "2.3.0, 2.2.0, 2.1.0)"
            ),
        ),
        ("pytorch 2", "no version '2' of pytorch (newest: 2.8.0, 2.7.1, 2.6.0, 2.5.1, 2.4.0, 2.3.0, 2.2.0, 2.1.0)"),
        (
            "pytorh 2.6",
            (
                "no framework 'pytorh'. Did you mean 'pytorch'? (known: huggingface, pytorch, sklearn, "
                "tensorflow, xgboost)"
            ),
        ),
        ("caffe 1.0", "no framework 'caffe' (known: huggingface, pytorch, sklearn, tensorflow, xgboost)"),
        (
            "huggingface 4.49.0/pytorch2.55",
            (
                "no base 'pytorch2.55' of huggingface 4.49.0. Did you mean 'pytorch2.5.1'? (known: pytorch2.5.1, "
                "pytorch2.6.0)"
            ),
        ),
        ("sklearn 1.2-1/pytorch2.5.1", "no base 'pytorch2.5.1' of sklearn 1.2-1 (sklearn takes none)"),
        ("sklearn", "'sklearn': write it as NAME VERSION, such as 'sklearn 1.2-1' or 'pytorch 2.6'"),
        ("", "'': write it as NAME VERSION, such as 'sklearn 1.2-1' or 'pytorch 2.6'"),
    ],
)
def test_unknown_frameworks_name_what_is_known(text: str, hint: str) -> None:
    with pytest.raises(UnknownFramework) as error:
        resolve_framework(text)
    assert str(error.value) == hint


@pytest.mark.parametrize(
    ("text", "scope", "instance", "region", "hint"),
    [
        (
            "sklearn 1.4-2",
            "inference",
            "ml.m5.large",
            "us-east-1",
            "sklearn 1.4-2 has no inference image: the nearest that has one is 'sklearn 1.2-1'",
        ),
        (
            "pytorch 2.8",
            "inference",
            "ml.m5.large",
            "us-east-1",
            "pytorch 2.8.0 has no inference image: the nearest that has one is 'pytorch 2.6.0'",
        ),
        (
            "tensorflow 2.16.2",
            "inference",
            "ml.m5.large",
            "us-east-1",
            "tensorflow 2.16.2 has no inference image: the nearest that has one is 'tensorflow 2.16.1'",
        ),
        (
            "huggingface 4.56.2",
            "training",
            "ml.m5.large",
            "us-east-1",
            ("huggingface 4.56.2/pytorch2.8.0 has a GPU training image only: ml.m5.large has no GPU, ml.g5.xlarge has"),
        ),
        (
            "pytorch 2.6",
            "training",
            "ml.trn1.2xlarge",
            "us-east-1",
            "no pytorch 2.6.0 image for ml.trn1.2xlarge is listed here: name one with `image:`",
        ),
        (
            "pytorch 2.6",
            "training",
            "ml.p6e-gb200.36xlarge",
            "us-east-1",
            ("pytorch 2.6.0 has no training image for Arm instances such as ml.p6e-gb200.36xlarge: choose an x86 one"),
        ),
        (
            "pytorch 2.6",
            "inference",
            "ml.c7g.large",
            "us-east-1",
            "pytorch 2.6.0 has no inference image for Arm instances such as ml.c7g.large: choose an x86 one",
        ),
        (
            "pytorch 2.6",
            "training",
            "ml.m5.large",
            "us-esat-2",
            "pytorch 2.6.0 has no image in region 'us-esat-2'. Did you mean 'us-west-2'?",
        ),
    ],
)
def test_an_image_that_does_not_exist_is_refused_with_what_does(
    text: str, scope: images.Scope, instance: str, region: str, hint: str
) -> None:
    with pytest.raises(NoImage) as error:
        build_image_uri(resolve_framework(text), scope=scope, instance=instance, region=region)
    assert str(error.value) == hint


def test_a_gpu_instance_gets_the_cpu_image_where_there_is_no_other() -> None:
    sklearn = resolve_framework("sklearn 1.2-1")
    assert not images.has_gpu_image(sklearn, "training")
    assert build_image_uri(sklearn, scope="training", instance="ml.g5.xlarge", region="us-east-1").endswith(
        ":1.2-1-cpu-py3"
    )
    assert images.has_gpu_image(resolve_framework("pytorch 2.6"), "training")


def test_a_framework_that_trains_on_gpus_alone_has_no_cpu_image() -> None:
    huggingface = resolve_framework("huggingface 4.49.0")
    assert not images.has_cpu_image(huggingface, "training")
    assert images.has_cpu_image(resolve_framework("huggingface 4.49.0", "inference"), "inference")


def test_python_version_is_told_only_where_the_tag_tells_it() -> None:
    assert images.read_python_version(resolve_framework("pytorch 2.6"), "training") == "3.12"
    assert images.read_python_version(resolve_framework("sklearn 1.2-1"), "training") is None
    assert images.read_python_version(resolve_framework("tensorflow 2.19"), "inference") is None


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.6-gpu-py312", "pytorch 2.6.0 training"),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-cpu-py312", "pytorch 2.6.0 inference"),
        ("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1", "xgboost 1.7-1 training"),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.6-gpu-py312", None),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:9.9-gpu-py312", None),
        ("my/image:latest", None),
    ],
)
def test_only_images_of_aws_are_described(uri: str, expected: str | None) -> None:
    described = images.identify_image(uri)
    assert (described and f"{described[0]} {described[1]}") == expected


def test_the_nearest_of_a_scope_is_the_framework_itself_where_it_exists() -> None:
    assert images.find_nearest(resolve_framework("pytorch 2.6"), "inference") == resolve_framework("pytorch 2.6")
    assert (
        str(images.find_nearest(resolve_framework("huggingface 4.49.0"), "inference"))
        == "huggingface 4.49.0/pytorch2.6.0"
    )


@given(framework=st.sampled_from(ALL))
def test_what_a_framework_is_called_resolves_to_itself(framework: Framework) -> None:
    assert resolve_framework(str(framework)) == framework


@given(text=st.text(max_size=40))
def test_any_text_is_a_framework_or_refused(text: str) -> None:
    with contextlib.suppress(UnknownFramework):
        assert resolve_framework(text).name in load("images")["images"]
