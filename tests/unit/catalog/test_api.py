"""Requests are checked as AWS checks them, and every problem is named."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.catalog import api
from pushtrain.catalog.data import load

ROLE = "arn:aws:iam::123456789012:role/jobs"
TRAINING: dict[str, Any] = {
    "TrainingJobName.$": "States.Format('churn-{}', $$.Execution.Name)",
    "RoleArn": ROLE,
    "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
    "HyperParameters": {"epochs": "20", "lr.$": "$.lr"},
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri.$": "$.train"}},
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://artifacts/churn/"},
    "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "EnableManagedSpotTraining": False,
    "Tags": [{"Key": "이름", "Value": "이탈 예측"}],
}


def changed(path: str, value: object) -> dict[str, Any]:
    """The good request with one member set; None deletes it."""
    request = copy.deepcopy(TRAINING)
    *outer, last = path.split("/")
    place: Any = request
    for key in outer:
        place = place[int(key)] if isinstance(place, list) else place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return request


def test_a_complete_request_has_no_problem() -> None:
    assert api.find_request_problems("CreateTrainingJob", TRAINING) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("RoleArn", None, "RoleArn: is required and missing"),
        (
            "AlgorithmSpecification/TrainingInputMode",
            None,
            "AlgorithmSpecification.TrainingInputMode: is required and missing",
        ),
        ("hyperParameters", {}, "hyperParameters: AWS has no such member. Did you mean 'HyperParameters'?"),
        (
            "ResourceConfig/InstanceTyp",
            "x",
            "ResourceConfig.InstanceTyp: AWS has no such member. Did you mean 'InstanceType'?",
        ),
        (
            "ResourceConfig/Instancetype.$",
            "$.x",
            "ResourceConfig.Instancetype: AWS has no such member. Did you mean 'InstanceType'?",
        ),
        (
            "ResourceConfig/InstanceType",
            "ml.g5.xlarg",
            (
                "ResourceConfig.InstanceType: 'ml.g5.xlarg' is no value of it. Did you mean 'ml.g5.xlarge'? "
                "(TrainingInstanceType has 225)"
            ),
        ),
        ("ResourceConfig/InstanceCount", "one", "ResourceConfig.InstanceCount: 'one' where a whole number belongs"),
        ("ResourceConfig/InstanceCount", True, "ResourceConfig.InstanceCount: True where a whole number belongs"),
        (
            "ResourceConfig/KeepAlivePeriodInSeconds",
            30000,
            "ResourceConfig.KeepAlivePeriodInSeconds: is 30000; AWS takes at most 21600",
        ),
        (
            "StoppingCondition/MaxRuntimeInSeconds",
            0,
            "StoppingCondition.MaxRuntimeInSeconds: is 0; AWS asks for at least 1",
        ),
        ("EnableManagedSpotTraining", "yes", "EnableManagedSpotTraining: 'yes' where true or false belongs"),
        ("HyperParameters/epochs", 20, "HyperParameters.epochs: 20 where text belongs"),
        ("HyperParameters/epochs", "1\n2", "HyperParameters.epochs: '1\\n2' does not match AWS's pattern .*"),
        (
            "HyperParameters/" + "k" * 257,
            "1",
            (
                "HyperParameters (key "
                "'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk...): has 257 "
                "characters; AWS takes at most 256"
            ),
        ),
        (
            "InputDataConfig/0/ChannelName",
            "a b",
            "InputDataConfig[0].ChannelName: 'a b' does not match AWS's pattern [A-Za-z0-9\\.\\-_]+",
        ),
        ("InputDataConfig", [], "InputDataConfig: has 0 entries; AWS asks for at least 1"),
        ("Tags/0/Value", "값✓", "Tags[0].Value: '값✓' does not match AWS's pattern ([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)"),
        ("Tags/0/key", "x", "Tags[0].key: AWS has no such member. Did you mean 'Key'?"),
        ("TrainingJobName", "churn", "TrainingJobName: given twice, as 'TrainingJobName' and as 'TrainingJobName.$'"),
        (
            "RoleArn",
            ROLE + "\n",
            (
                "RoleArn: 'arn:aws:iam::123456789012:role/jobs\\n' does not match AWS's pattern "
                "arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+"
            ),
        ),
    ],
)
def test_one_fault_is_one_problem_that_names_it(path: str, value: object, said: str) -> None:
    (problem,) = api.find_request_problems("CreateTrainingJob", changed(path, value))
    assert str(problem) == said


def test_all_problems_are_listed_below_the_given_place() -> None:
    problems = api.find_request_problems("CreateTrainingJob", {"TrainingJobName": "a_b"}, path="train.sagemaker")
    assert {problem.path for problem in problems} == {
        "train.sagemaker.TrainingJobName",
        "train.sagemaker.OutputDataConfig",
        "train.sagemaker.RoleArn",
    }


def test_a_partial_request_may_leave_members_out_but_not_misspell_them() -> None:
    assert api.find_request_problems("CreateTrainingJob", {"ResourceConfig": {"VolumeSizeInGB": 5}}, partial=True) == []
    (problem,) = api.find_request_problems("CreateTrainingJob", {"ResourceConfig": {"VolumeSize": 5}}, partial=True)
    assert problem.path == "ResourceConfig.VolumeSize"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:states:::sagemaker:createTrainingJob.sync", ("sagemaker", "CreateTrainingJob")),
        ("arn:aws-cn:states:::sagemaker:createProcessingJob", ("sagemaker", "CreateProcessingJob")),
        ("arn:aws:states:::aws-sdk:sagemaker:createModelPackage", ("sagemaker", "CreateModelPackage")),
        ("arn:aws:states:::aws-sdk:s3:getObject", ("s3", "GetObject")),
        ("arn:aws:states:::aws-sdk:sagemaker:describeEndpoint", None),
        ("arn:aws:states:::lambda:invoke", None),
        ("arn:aws:lambda:us-east-1:123456789012:function:f", None),
    ],
)
def test_a_resource_names_an_operation(resource: str, expected: tuple[str, str] | None) -> None:
    assert api.find_operation(resource) == expected


@pytest.mark.parametrize(
    ("resource", "hint"),
    [
        (
            "arn:aws:states:::sagemaker:createTrainngJob.sync",
            "Step Functions has no sagemaker action 'createTrainngJob'. Did you mean 'createTrainingJob'?",
        ),
        (
            "arn:aws:states:::sagemaker:createModel.sync",
            (
                "sagemaker:createModel has no .sync: .sync is there for createHyperParameterTuningJob, "
                "createLabelingJob, createProcessingJob, createTrainingJob, createTransformJob, nothing else "
                "waits"
            ),
        ),
        (
            "arn:aws:states:::sagemaker:createTrainingJob.waitForTaskToken",
            (
                "sagemaker:createTrainingJob has no .waitForTaskToken: .sync is there for "
                "createHyperParameterTuningJob, createLabelingJob, createProcessingJob, createTrainingJob, "
                "createTransformJob, nothing else waits"
            ),
        ),
        (
            "arn:aws:states:::sagemaker:createModelPackage",
            "Step Functions has no sagemaker action 'createModelPackage'. Did you mean 'createModel'?",
        ),
        ("arn:aws:states:::aws-sdk:s3:getObjekt", "s3 has no API action 'getObjekt'. Did you mean 'getObject'?"),
        (
            "arn:aws:states:::aws-sdk:sagemaker:createTrainingJob.sync",
            "aws-sdk:sagemaker:createTrainingJob has no .sync: aws-sdk tasks do not wait for jobs",
        ),
    ],
)
def test_actions_that_step_functions_lacks_are_refused(resource: str, hint: str) -> None:
    with pytest.raises(api.UnknownTask) as error:
        api.find_operation(resource)
    assert str(error.value) == hint


def test_every_pattern_of_the_model_can_be_matched() -> None:
    patterns = {shape["pattern"] for shape in load("sagemaker")["shapes"].values() if "pattern" in shape}
    assert len(patterns) > 40
    for pattern in patterns:
        api.matches_pattern(pattern, "x")


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", "환경 1・", False),  # ・ is punctuation
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", "환경 ½\u00a0é", True),
        (r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}", "정확도.a", True),
        (r"[\p{L}\p{M}\p{Z}\p{N}\p{P}]{0,1024}", "90% “ok”", True),
        (r"[\p{L}\p{M}\p{Z}\p{N}\p{P}]{0,1024}", "1 + 1", False),  # + is a symbol
        (r"[\p{L}\p{M}\p{Z}\p{N}\p{P}]{0,1024}", "a\nb", False),
        (r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "a-b\n", False),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "a\t😀", True),
        (r"[-\w]+\/.+", "한글/x", False),  # Java's \w is ASCII
    ],
)
def test_patterns_mean_what_they_mean_to_aws(pattern: str, value: str, fits: bool) -> None:
    assert api.matches_pattern(pattern, value) is fits


def test_ascii_tags_and_metadata_are_matched_without_regex(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "regex", None)  # importing it fails
    api._compile_pattern.cache_clear()
    assert api.matches_pattern(r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}", "pushed by: a@b")
    with pytest.raises(ImportError):
        api.matches_pattern(r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}", "정확도")


def test_ascii_characters_match_a_category_as_regex_says() -> None:
    for code in range(128):
        for category in ("L", "M", "N", "P", "S", "Z"):
            pattern = rf"[\p{{{category}}}]"
            assert api.matches_pattern(pattern, chr(code)) is bool(regex.fullmatch(pattern, chr(code)))


def places(value: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a nested value."""
    yield at
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in children:
        yield from places(item, (*at, key))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(place=st.sampled_from([p for p in places(TRAINING) if p]), junk=JSON)
def test_any_value_in_any_place_is_judged_not_crashed_on(place: tuple[Any, ...], junk: object) -> None:
    request: Any = copy.deepcopy(TRAINING)
    inner = request
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = junk
    for problem in api.find_request_problems("CreateTrainingJob", request):
        assert str(problem)


def test_the_catalog_needs_no_aws_sdk() -> None:
    code = (
        "import sys, pushtrain.catalog.api, pushtrain.catalog.images as i; i.resolve_framework('pytorch 2.6');"
        "print([m for m in sys.modules if m.split('.')[0] in ('boto3', 'botocore', 'sagemaker')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == []
