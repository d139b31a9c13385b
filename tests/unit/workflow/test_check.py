"""Definitions that AWS would refuse are refused here, and the sound one is not."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.errors import TemplateError
from pushtrain.workflow.check import check_definition, problems_in_definition

ROLE = "arn:aws:iam::123456789012:role/pushtrain-jobs"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
RETRY = [
    {
        "ErrorEquals": ["SageMaker.ResourceLimitExceededException"],
        "IntervalSeconds": 60,
        "BackoffRate": 2.0,
        "MaxAttempts": 8,
        "MaxDelaySeconds": 900,
        "JitterStrategy": "FULL",
    },
    {"ErrorEquals": ["SageMaker.AmazonSageMakerException"], "IntervalSeconds": 2, "MaxAttempts": 5},
]


def named(step: str) -> str:
    counters = "$$.Execution.RedriveCount, $$.State.RetryCount"
    return f"States.Format('pushtrain-churn-{step}-{{}}-{{}}-{{}}', $$.Execution.Name, {counters})"


def processing(step: str, following: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
        "Parameters": {
            "ProcessingJobName.$": named(step),
            "RoleArn": ROLE,
            "AppSpecification": {
                "ImageUri": IMAGE,
                "ContainerEntrypoint": ["/bin/bash", "-ec", 'exec python3 "$0" "$@"', f"{step}.py"],
                "ContainerArguments": ["--test-size", "0.2"],
            },
            "ProcessingInputs": [
                {
                    "InputName": "code",
                    "S3Input": {
                        "S3Uri.$": "$$.Execution.Input.code",
                        "LocalPath": "/opt/ml/processing/input/code",
                        "S3DataType": "S3Prefix",
                        "S3InputMode": "File",
                    },
                }
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": "train",
                        "S3Output": {
                            "S3Uri.$": "States.Format('s3://artifacts/churn/runs/{}/', $$.Execution.Name)",
                            "LocalPath": "/opt/ml/processing/train",
                            "S3UploadMode": "EndOfJob",
                        },
                    }
                ]
            },
            "ProcessingResources": {
                "ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30}
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            "Tags": [{"Key": "팀", "Value": "이탈 예측"}, {"Key": "run", "Value.$": "$$.Execution.Name"}],
        },
        "ResultSelector": {"name.$": "$.ProcessingJobName", "status.$": "$.ProcessingJobStatus"},
        "ResultPath": f"$.jobs.{step}",
        "Retry": copy.deepcopy(RETRY),
        "Next": following,
    }


def training(following: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
        "Parameters": {
            "TrainingJobName.$": named("train"),
            "RoleArn": ROLE,
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)$"}],
            },
            "HyperParameters": {"epochs": "20", "sagemaker_program": '"train.py"', "code.$": "$$.Execution.Input.code"},
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri.$": "States.Format('s3://artifacts/{}/train/', $.jobs.preprocess.name)",
                        }
                    },
                }
            ],
            "OutputDataConfig": {"S3OutputPath": "s3://artifacts/churn/"},
            "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30},
            "StoppingCondition": {"MaxRuntimeInSeconds": 7200, "MaxWaitTimeInSeconds": 9000},
            "EnableManagedSpotTraining": True,
        },
        "ResultSelector": {"name.$": "$.TrainingJobName", "status.$": "$.TrainingJobStatus"},
        "ResultPath": "$.jobs.train",
        "Retry": copy.deepcopy(RETRY),
        "Next": following,
    }


def good() -> dict[str, Any]:
    """preprocess, train, completed?, evaluate, read, copy, gate, register: as a real template builds it."""
    return {
        "Comment": "churn: template train",
        "StartAt": "preprocess",
        "States": {
            "preprocess": processing("preprocess", "train"),
            "train": training("train completed?"),
            "train completed?": {
                "Type": "Choice",
                "Choices": [
                    {
                        "Not": {"Variable": "$.jobs.train.status", "StringEquals": "Completed"},
                        "Next": "train did not complete",
                    }
                ],
                "Default": "evaluate",
            },
            "train did not complete": {
                "Type": "Fail",
                "Error": "JobNotCompleted",
                "CausePath": "States.Format('The train job ended as {}.', $.jobs.train.status)",
            },
            "evaluate": processing("evaluate", "read metrics"),
            "read metrics": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
                "Parameters": {
                    "Bucket": "artifacts",
                    "Key.$": "States.Format('churn/runs/{}/evaluation.json', $$.Execution.Name)",
                },
                "ResultSelector": {"evaluation.$": "States.StringToJson($.Body)"},
                "ResultPath": "$.read",
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "no metrics"}],
                "Next": "copy metrics",
            },
            "no metrics": {"Type": "Fail", "Error": "NoMetrics", "Cause": "evaluation.json cannot be read"},
            "copy metrics": {
                "Type": "Pass",
                "Parameters": {"m0.$": "$.read.evaluation['분류 지표']['정확도.값']['it\\'s']"},
                "ResultPath": "$.metrics",
                "Next": "gate",
            },
            "gate": {
                "Type": "Choice",
                "Choices": [
                    {
                        "And": [
                            {"Variable": "$.metrics.m0", "IsNumeric": True},
                            {"Variable": "$.metrics.m0", "NumericGreaterThanEquals": 0.9},
                        ],
                        "Next": "register",
                    }
                ],
                "Default": "not registered",
            },
            "register": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:sagemaker:createModelPackage",
                "Parameters": {
                    "ModelPackageGroupName": "churn",
                    "ModelApprovalStatus": "PendingManualApproval",
                    "ClientToken.$": "States.Hash($$.Execution.Id, 'MD5')",
                    "InferenceSpecification": {
                        "Containers": [{"Image": IMAGE, "ModelDataUrl.$": "$.jobs.train.model"}],
                        "SupportedContentTypes": ["text/csv"],
                        "SupportedResponseMIMETypes": ["application/json"],
                        "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
                    },
                    "CustomerMetadataProperties": {
                        "run.$": "$$.Execution.Name",
                        "data.raw.$": "$$.Execution.Input.metadata['data.raw']",
                        "정확도.$": "States.Format('{}', $.metrics.m0)",
                    },
                },
                "ResultSelector": {"model_package.$": "$.ModelPackageArn"},
                "ResultPath": "$.registered",
                "Next": "registered",
            },
            "registered": {"Type": "Succeed"},
            "not registered": {"Type": "Pass", "Result": {"outcome": "not_registered"}, "End": True},
        },
    }


def nested() -> dict[str, Any]:
    """A sound machine with Parallel, Map and Wait."""
    inner = {"StartAt": "wait", "States": {"wait": {"Type": "Wait", "Seconds": 5, "End": True}}}
    item = {"StartAt": "each", "States": {"each": {"Type": "Pass", "End": True}}}
    return {
        "StartAt": "both",
        "States": {
            "both": {"Type": "Parallel", "Branches": [inner], "ResultPath": None, "Next": "all"},
            "all": {
                "Type": "Map",
                "ItemsPath": "$.folds",
                "ItemSelector": {"fold.$": "$$.Map.Item.Value"},
                "MaxConcurrency": 2,
                "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **item},
                "End": True,
            },
        },
    }


def test_a_realistic_definition_has_no_problem() -> None:
    assert problems_in_definition(good()) == []
    check_definition(good())


def test_branches_and_map_processors_are_part_of_it() -> None:
    definition = nested()
    assert problems_in_definition(definition) == []
    definition["States"]["both"]["Branches"][0]["States"]["wait"]["Next"] = "nowhere"
    del definition["States"]["all"]["ItemProcessor"]["StartAt"]
    problems = "\n".join(problems_in_definition(definition))
    assert "'both': Branches[0]: 'wait': needs Next or End; it has both" in problems
    assert "'both': Branches[0]: 'wait': Next leads to 'nowhere'" in problems
    assert "'all': ItemProcessor: StartAt is None" in problems


def into(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """A change that puts `value` at `path` (`/` between keys; None removes)."""

    def change(definition: dict[str, Any]) -> None:
        place: Any = definition["States"] if "/" in path else definition
        *outer, last = path.split("/")
        for key in outer:
            place = place[int(key)] if isinstance(place, list) else place[key]
        if value is None:
            del place[last]
        elif isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value

    return change


def lose(definition: dict[str, Any]) -> None:
    """A state that no other leads to."""
    definition["States"]["lost"] = {"Type": "Pass", "End": True}


def rename(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(definition: dict[str, Any]) -> None:
        definition["States"][new] = definition["States"].pop(old)
        definition["States"]["gate"]["Default"] = new

    return change


PREPROCESS = "preprocess/Parameters/"
FAULTS = {
    "01 unknown field": (into("train/Resorce", "x"), "'train': a Task state has no field 'Resorce'"),
    "02 Next to a missing state": (
        into("preprocess/Next", "trian"),
        "Next leads to 'trian', which is no state. Did you",
    ),
    "03 neither Next nor End": (
        into("not registered/End", None),
        "'not registered': needs Next or End; it has neither",
    ),
    "04 unreachable state": (lose, "'lost': no state leads here"),
    "05 bad ResultPath": (into("train/ResultPath", "p..["), "'train': ResultPath: 'p..[' is not a reference path"),
    "06 bad JSONPath": (into("copy metrics/Parameters/m0.$", "$.a["), "Parameters.m0.$: '$.a[' is not a JSONPath"),
    "07 unknown intrinsic": (
        into("read metrics/Parameters/Key.$", "States.Formatt('{}', $.a)"),
        "no intrinsic States.Formatt. Did you mean 'States.Format'?",
    ),
    "08 unbalanced intrinsic": (into("read metrics/Parameters/Key.$", "States.Format('{}', $.a"), "unbalanced"),
    "09 path under a plain key": (
        into("read metrics/Parameters/Bucket", "$.bucket"),
        "Parameters.Bucket: '$.bucket' is taken as plain text",
    ),
    "10 static value under K.$": (
        into("read metrics/Parameters/Key.$", "evaluation.json"),
        "Parameters.Key.$: no path and no intrinsic",
    ),
    "11 misspelt parameter": (
        into(PREPROCESS + "AppSpecification/ImageURI", "x"),
        "Parameters.AppSpecification.ImageURI: AWS has no such member. Did you mean 'ImageUri'?",
    ),
    "12 required parameter missing": (
        into(PREPROCESS + "RoleArn", None),
        "Parameters.RoleArn: is required and missing",
    ),
    "13 unknown sagemaker action": (
        into("train/Resource", "arn:aws:states:::sagemaker:createTraningJob.sync"),
        "Did you mean 'createTrainingJob'?",
    ),
    "14 .sync where there is none": (
        into("train/Resource", "arn:aws:states:::sagemaker:createModel.sync"),
        "createModel has no .sync",
    ),
    "15 StartAt missing state": (into("StartAt", "begin"), "StartAt is 'begin', which is no state"),
    "16 choice operator misspelt": (
        into("gate/Choices/0/And/0", {"Variable": "$.a", "NumericGreaterEquals": 1}),
        "no comparison 'NumericGreaterEquals'. Did you mean 'NumericGreaterThanEquals'?",
    ),
    "17 States.ALL not last": (
        into("train/Retry/0/ErrorEquals", ["States.ALL"]),
        "'train': Retry[0]: States.ALL must stand alone and last",
    ),
    "18 long state name": (rename("not registered", "n" * 81), "at most 80 characters, this one 81"),
    "19 MaxAttempts as text": (into("train/Retry/0/MaxAttempts", "two"), "MaxAttempts must be a whole number"),
    "20 Catch to a missing state": (
        into("read metrics/Catch/0/Next", "nowhere"),
        "Catch[0].Next leads to 'nowhere', which is no state",
    ),
    "21 InstanceCount as text": (
        into(PREPROCESS + "ProcessingResources/ClusterConfig/InstanceCount", "one"),
        "ClusterConfig.InstanceCount: 'one' where a whole number belongs",
    ),
    "both Next and End": (into("train/End", True), "needs Next or End; it has both"),
    "End false": (into("not registered/End", False), "End must be true"),
    "K beside K.$": (into(PREPROCESS + "ProcessingJobName", "x"), "'ProcessingJobName' is given beside it"),
    "no end reached": (into("train/Next", "preprocess"), "'train': no end of the run can be reached from here"),
    "name without RetryCount": (
        into("train/Parameters/TrainingJobName.$", "States.Format('churn-{}', $$.Execution.Name)"),
        "TrainingJobName must depend on $$.State.RetryCount",
    ),
    "name with underscore": (
        into("train/Parameters/TrainingJobName.$", "States.Format('a_b-{}', $$.State.RetryCount)"),
        "'a_b-{}' cannot become a job's name",
    ),
    "name too long": (
        into("train/Parameters/TrainingJobName.$", f"States.Format('{'x' * 62}-{{}}', $$.State.RetryCount)"),
        "cannot become a job's name",
    ),
    "unknown context": (into("read metrics/Parameters/Key.$", "$$.Execution.Nam"), "Did you mean 'Name'?"),
    "unknown error name": (into("train/Retry/0/ErrorEquals", ["States.Timeuot"]), "Did you mean 'States.Timeout'?"),
    "unknown retry field": (into("train/Retry/0/MaxAttempt", 1), "Retry[0] has no field 'MaxAttempt'"),
    "comparison of wrong type": (
        into("gate/Choices/0/And/1/NumericGreaterThanEquals", "0.9"),
        "'0.9' is not what NumericGreaterThanEquals compares with",
    ),
    "inner rule with Next": (into("gate/Choices/0/And/0/Next", "register"), "Next belongs to the outermost rule"),
    "Cause and CausePath": (into("no metrics/CausePath", "$.cause"), "Cause and CausePath are both given"),
    "intrinsic a Fail cannot use": (
        into("train did not complete/CausePath", "States.JsonMerge($.a, $.b, false)"),
        "a Fail state cannot use States.JsonMerge",
    ),
    "unknown state type": (into("registered/Type", "Success"), "no state type"),
    "JSONata": (into("registered/QueryLanguage", "JSONata"), "JSONata states cannot be checked"),
    "not JSON": (into("not registered/Result", float("nan")), "the definition is no JSON"),
    "too large": (into("Comment", "가" * 349_526), "AWS takes less than 1048576"),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_broken_definition_is_refused_with_the_fault_named(name: str) -> None:
    change, hint = FAULTS[name]
    definition = good()
    change(definition)
    with pytest.raises(TemplateError) as error:
        check_definition(definition)
    assert hint in str(error.value)


def test_two_states_of_one_name_are_refused_even_in_different_branches() -> None:
    definition = nested()
    processor = definition["States"]["all"]["ItemProcessor"]
    processor["States"]["wait"] = processor["States"].pop("each")
    processor["StartAt"] = "wait"
    assert problems_in_definition(definition) == [
        "'wait': two states have this name; it must be unique in the definition"
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
FIELDS = [(name, field) for name, state in good()["States"].items() for field in state]


@given(place=st.sampled_from(FIELDS), junk=JSON)
def test_any_value_in_any_field_is_judged_not_crashed_on(place: tuple[str, str], junk: object) -> None:
    definition = good()
    definition["States"][place[0]][place[1]] = junk
    problems_in_definition(definition)


@given(junk=st.dictionaries(st.sampled_from(["StartAt", "States", "Comment", "x"]), JSON))
def test_any_document_is_judged_not_crashed_on(junk: dict[str, Any]) -> None:
    assert problems_in_definition(junk)


@given(names=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True))
def test_a_chain_is_sound_and_unsound_without_any_of_its_links(names: list[str]) -> None:
    states: dict[str, Any] = {n: {"Type": "Pass", "Next": m} for n, m in itertools.pairwise(names)}
    states[names[-1]] = {"Type": "Succeed"}
    assert problems_in_definition({"StartAt": names[0], "States": states}) == []
    for name in names[:-1]:
        broken = {**states, name: {"Type": "Pass", "End": True}}
        assert problems_in_definition({"StartAt": names[0], "States": broken})
