"""Definitions that AWS would refuse are refused here, and the sound one is not."""

from __future__ import annotations

import copy
import itertools
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.errors import TemplateError
from pushtrain.workflow.checks.definition import check_definition, find_definition_problems

NAN = ": nan" if sys.version_info >= (3, 12) else ""  # json.dumps says more since Python 3.12

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
    return f"States.Format('pushtrain-churn-{step}-{{}}-{{}}-0', $$.Execution.Name, $$.Execution.RedriveCount)"


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
                    "ModelPackageGroupName": "pushtrain-churn",
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
    assert find_definition_problems(good()) == []
    check_definition(good())


def test_branches_and_map_processors_are_part_of_it() -> None:
    definition = nested()
    assert find_definition_problems(definition) == []
    definition["States"]["both"]["Branches"][0]["States"]["wait"]["Next"] = "nowhere"
    del definition["States"]["all"]["ItemProcessor"]["StartAt"]
    problems = "\n".join(find_definition_problems(definition))
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


def state(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    """A change of one whole state."""
    return lambda definition: definition["States"].update({name: value})


PREPROCESS = "preprocess/Parameters/"
FAULTS = {
    "01 unknown field": (
        into("train/Resorce", "x"),
        "'train': a Task state has no field 'Resorce'. Did you mean 'Resource'?",
    ),
    "02 Next to a missing state": (
        into("preprocess/Next", "trian"),
        ("'preprocess': Next leads to 'trian', which is no state. Did you mean 'train'?"),
    ),
    "03 neither Next nor End": (
        into("not registered/End", None),
        ("'not registered': needs Next or End; it has neither"),
    ),
    "04 unreachable state": (lose, "'lost': no state leads here"),
    "05 bad ResultPath": (into("train/ResultPath", "p..["), "'train': ResultPath: 'p..[' is not a reference path"),
    "06 bad JSONPath": (
        into("copy metrics/Parameters/m0.$", "$.a["),
        "'copy metrics': Parameters.m0.$: '$.a[' is not a JSONPath",
    ),
    "07 unknown intrinsic": (
        into("read metrics/Parameters/Key.$", "States.Formatt('{}', $.a)"),
        (
            "'read metrics': Parameters.Key.$: there is no intrinsic States.Formatt. Did you mean "
            "'States.Format'? in \"States.Formatt('{}', $.a)\""
        ),
    ),
    "08 unbalanced intrinsic": (
        into("read metrics/Parameters/Key.$", "States.Format('{}', $.a"),
        (
            "'read metrics': Parameters.Key.$: expected ',' or ')' behind '$.a': unbalanced or misquoted in "
            "\"States.Format('{}', $.a\""
        ),
    ),
    "09 path under a plain key": (
        into("read metrics/Parameters/Bucket", "$.bucket"),
        (
            "'read metrics': Parameters.Bucket: '$.bucket' is taken as plain text; only a key that ends in "
            "'.$' is evaluated"
        ),
    ),
    "10 static value under K.$": (
        into("read metrics/Parameters/Key.$", "evaluation.json"),
        ("'read metrics': Parameters.Key.$: no path and no intrinsic at 'evaluation.json' in 'evaluation.json'"),
    ),
    "11 misspelt parameter": (
        into(PREPROCESS + "AppSpecification/ImageURI", "x"),
        ("'preprocess': Parameters.AppSpecification.ImageURI: AWS has no such member. Did you mean 'ImageUri'?"),
    ),
    "12 required parameter missing": (
        into(PREPROCESS + "RoleArn", None),
        "'preprocess': Parameters.RoleArn: is required and missing",
    ),
    "13 unknown sagemaker action": (
        into("train/Resource", "arn:aws:states:::sagemaker:createTraningJob.sync"),
        (
            "'train': Resource: Step Functions has no sagemaker action 'createTraningJob'. Did you mean "
            "'createTrainingJob'?"
        ),
    ),
    "14 .sync where there is none": (
        into("train/Resource", "arn:aws:states:::sagemaker:createModel.sync"),
        (
            "'train': Resource: sagemaker:createModel has no .sync: .sync is there for "
            "createHyperParameterTuningJob, createLabelingJob, createProcessingJob, createTrainingJob, "
            "createTransformJob, nothing else waits"
        ),
    ),
    "15 StartAt missing state": (into("StartAt", "begin"), "StartAt is 'begin', which is no state"),
    "16 choice operator misspelt": (
        into("gate/Choices/0/And/0", {"Variable": "$.a", "NumericGreaterEquals": 1}),
        (
            "'gate': Choices[0].And[0]: there is no comparison 'NumericGreaterEquals'. Did you mean "
            "'NumericGreaterThanEquals'?"
        ),
    ),
    "17 States.ALL not last": (
        into("train/Retry/0/ErrorEquals", ["States.ALL"]),
        "'train': Retry[0]: States.ALL must stand alone and last",
    ),
    "18 long state name": (
        rename("not registered", "n" * 81),
        (
            "'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn': a state's "
            "name has at most 80 characters, this one 81"
        ),
    ),
    "19 MaxAttempts as text": (
        into("train/Retry/0/MaxAttempts", "two"),
        "'train': Retry[0]: MaxAttempts must be a whole number, 0 or more, not 'two'",
    ),
    "20 Catch to a missing state": (
        into("read metrics/Catch/0/Next", "nowhere"),
        ("'read metrics': Catch[0].Next leads to 'nowhere', which is no state"),
    ),
    "21 InstanceCount as text": (
        into(PREPROCESS + "ProcessingResources/ClusterConfig/InstanceCount", "one"),
        (
            "'preprocess': Parameters.ProcessingResources.ClusterConfig.InstanceCount: 'one' where a whole "
            "number belongs"
        ),
    ),
    "both Next and End": (into("train/End", True), "'train': needs Next or End; it has both"),
    "End false": (
        into("not registered/End", False),
        "'not registered': End must be true, not False: leave it out where the run goes on",
    ),
    "K beside K.$": (
        into(PREPROCESS + "ProcessingJobName", "x"),
        (
            "'preprocess': Parameters.ProcessingJobName.$: 'ProcessingJobName' is given beside it; AWS takes "
            "one of the two"
        ),
    ),
    "name without RetryCount": (
        into("train/Retry/0/ErrorEquals", ["States.TaskFailed"]),
        (
            "'train': Parameters.TrainingJobName must depend on $$.State.RetryCount, as the state retries jobs that "
            "failed: a name works once"
        ),
    ),
    "name with underscore": (
        into("train/Parameters/TrainingJobName.$", "States.Format('a_b-{}', $$.State.RetryCount)"),
        (
            "'train': Parameters.TrainingJobName.$: 'a_b-{}' cannot become a job's name: at most 63 "
            "characters, [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
        ),
    ),
    "name too long": (
        into("train/Parameters/TrainingJobName.$", f"States.Format('{'x' * 62}-{{}}', $$.State.RetryCount)"),
        (
            "'train': Parameters.TrainingJobName.$: "
            "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-{}' cannot become a job's name: "
            "at most 63 characters, [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
        ),
    ),
    "unknown context": (
        into("read metrics/Parameters/Key.$", "$$.Execution.Nam"),
        ("'read metrics': Parameters.Key.$: the context object's Execution has no 'Nam'. Did you mean 'Name'?"),
    ),
    "unknown error name": (
        into("train/Retry/0/ErrorEquals", ["States.Timeuot"]),
        "'train': Retry[0]: there is no error States.Timeuot. Did you mean 'States.Timeout'?",
    ),
    "unknown retry field": (
        into("train/Retry/0/MaxAttempt", 1),
        "'train': Retry[0] has no field 'MaxAttempt'. Did you mean 'MaxAttempts'?",
    ),
    "comparison of wrong type": (
        into("gate/Choices/0/And/1/NumericGreaterThanEquals", "0.9"),
        "'gate': Choices[0].And[1]: '0.9' is not what NumericGreaterThanEquals compares with",
    ),
    "inner rule with Next": (
        into("gate/Choices/0/And/0/Next", "register"),
        "'gate': Choices[0].And[0]: Next belongs to the outermost rule",
    ),
    "Cause and CausePath": (
        into("no metrics/CausePath", "$.cause"),
        "'no metrics': Cause and CausePath are both given; AWS takes one of the two",
    ),
    "intrinsic a Fail cannot use": (
        into("train did not complete/CausePath", "States.JsonMerge($.a, $.b, false)"),
        (
            "'train did not complete': CausePath: a Fail state cannot use States.JsonMerge; it can "
            "States.ArrayGetItem, States.Base64Decode, States.Base64Encode, States.Format, States.Hash, "
            "States.JsonToString, States.UUID"
        ),
    ),
    "unknown state type": (
        into("registered/Type", "Success"),
        ("'registered': Type 'Success' is no state type. Did you mean 'Succeed'?"),
    ),
    "JSONata": (
        into("registered/QueryLanguage", "JSONata"),
        "'registered': QueryLanguage: JSONata states cannot be checked here; write it with JSONPath",
    ),
    "not JSON": (
        into("not registered/Result", float("nan")),
        f"the definition is no JSON: Out of range float values are not JSON compliant{NAN}",
    ),
    "Next as a number": (
        into("train/Next", 3),
        ("'train': Next must be text, not 3"),
    ),
    "a member that AWS does not take": (
        into(PREPROCESS + "RoleArn", "me"),
        "'preprocess': Parameters.RoleArn: has 2 characters; AWS asks for at least 20",
    ),
    "too many of a member": (
        into(PREPROCESS + "Tags", [{"Key": "k", "Value": "v"}] * 51),
        "'preprocess': Parameters.Tags: has 51 entries; AWS takes at most 50",
    ),
    "too large a member": (
        into(PREPROCESS + "StoppingCondition/MaxRuntimeInSeconds", 10**6),
        ("'preprocess': Parameters.StoppingCondition.MaxRuntimeInSeconds: is 1000000; AWS takes at most 777600"),
    ),
    "too small a member": (
        into(PREPROCESS + "ProcessingResources/ClusterConfig/InstanceCount", 0),
        ("'preprocess': Parameters.ProcessingResources.ClusterConfig.InstanceCount: is 0; AWS asks for at least 1"),
    ),
    "text too short": (
        into(PREPROCESS + "AppSpecification/ContainerEntrypoint", []),
        ("'preprocess': Parameters.AppSpecification.ContainerEntrypoint: has 0 entries; AWS asks for at least 1"),
    ),
    "a member given twice": (
        into(PREPROCESS + "Tags", [{"Key": "k", "Value": "v", "Value.$": "$.v"}]),
        ("'preprocess': Parameters.Tags[0].Value.$: 'Value' is given beside it; AWS takes one of the two"),
    ),
    "unknown aws-sdk action": (
        into("read metrics/Resource", "arn:aws:states:::aws-sdk:s3:getObjct"),
        "'read metrics': Resource: s3 has no API action 'getObjct'. Did you mean 'getObject'?",
    ),
    "aws-sdk does not wait": (
        into("read metrics/Resource", "arn:aws:states:::aws-sdk:s3:getObject.sync"),
        ("'read metrics': Resource: aws-sdk:s3:getObject has no .sync: aws-sdk tasks do not wait for jobs"),
    ),
    "Resource that is no ARN": (
        into("train/Resource", "createTrainingJob"),
        "'train': Resource must be an ARN, not 'createTrainingJob'",
    ),
    "Parameters that are none": (into("train/Parameters", "x"), "'train': Parameters must be a mapping, not 'x'"),
    "TimeoutSeconds as text": (
        into("train/TimeoutSeconds", "1h"),
        "'train': TimeoutSeconds must be a whole number, 1 or more, not '1h'",
    ),
    "Wait for nothing": (
        state("registered", {"Type": "Wait", "End": True}),
        "'registered': a Wait state needs one of Seconds, SecondsPath, Timestamp, TimestampPath",
    ),
    "Parallel of nothing": (
        state("registered", {"Type": "Parallel", "End": True}),
        "'registered': a Parallel state needs Branches, a list of at least one",
    ),
    "Map of nothing": (
        state("registered", {"Type": "Map", "End": True}),
        "'registered': a Map state needs ItemProcessor",
    ),
    "Choice of nothing": (
        into("gate/Choices", []),
        ("'gate': a Choice state needs Choices, a list of at least one rule"),
    ),
    "rule that is none": (
        into("gate/Choices/0", "accuracy"),
        ("'gate': Choices[0] must be a mapping, not 'accuracy'"),
    ),
    "two comparisons": (
        into("gate/Choices/0/And/0/IsString", True),
        ("'gate': Choices[0].And[0] needs exactly one comparison, And, Or or Not; it has 'IsNumeric', 'IsString'"),
    ),
    "rule without Next": (
        into("gate/Choices/0/Next", None),
        ("'gate': Choices[0] needs Next"),
    ),
    "state that is none": (state("registered", "Succeed"), "'registered': a state must be a mapping, not 'Succeed'"),
    "no states": (into("States", {}), "States must be a mapping of at least one state"),
    "field of no definition": (into("Start", "x"), "no field 'Start' here. Did you mean 'StartAt'?"),
    "JSONata in all": (
        into("QueryLanguage", "JSONata"),
        "QueryLanguage: JSONata cannot be checked here; write it with JSONPath",
    ),
    "path that is none": (into("train/InputPath", 3), "'train': InputPath must be a path, not 3"),
    "ResultPath into the context": (
        into("train/ResultPath", "$$.Execution.Name"),
        "'train': ResultPath: the context object cannot be written to",
    ),
    "Retry that is no list": (into("train/Retry", "twice"), "'train': Retry must be a list of mappings"),
    "ErrorEquals that is no list": (
        into("train/Retry/0/ErrorEquals", "States.ALL"),
        "'train': Retry[0]: ErrorEquals must be a list of error names, not 'States.ALL'",
    ),
    "BackoffRate below 1": (
        into("train/Retry/0/BackoffRate", 0.5),
        "'train': Retry[0]: BackoffRate must be a number, 1.0 or more, not 0.5",
    ),
    "JitterStrategy of another kind": (
        into("train/Retry/0/JitterStrategy", "SOME"),
        "'train': Retry[0]: JitterStrategy must be FULL or NONE, not 'SOME'",
    ),
    "intrinsic with too few arguments": (
        into("read metrics/Parameters/Key.$", "States.Format()"),
        ("'read metrics': Parameters.Key.$: States.Format takes 1 or more arguments, not 0 in 'States.Format()'"),
    ),
    "intrinsic with a stray brace": (
        into("read metrics/Parameters/Key.$", "States.Format('{x', $.a)"),
        (
            "'read metrics': Parameters.Key.$: a brace of States.Format that is no '{}' needs a backslash in "
            "\"States.Format('{x', $.a)\""
        ),
    ),
    "intrinsic with too many values": (
        into("read metrics/Parameters/Key.$", "States.Format('{}', $.a, $.b)"),
        (
            "'read metrics': Parameters.Key.$: States.Format has 1 '{}' for 2 values in \"States.Format('{}', "
            '$.a, $.b)"'
        ),
    ),
    "something behind an intrinsic": (
        into("read metrics/Parameters/Key.$", "States.UUID() x"),
        "'read metrics': Parameters.Key.$: 'x' is left over behind States.UUID(…) in 'States.UUID() x'",
    ),
    "argument that is none": (
        into("read metrics/Parameters/Key.$", "States.Format('{}', a)"),
        (
            "'read metrics': Parameters.Key.$: 'a)' is no path, intrinsic, 'text', number, true, false or "
            "null in \"States.Format('{}', a)\""
        ),
    ),
    "intrinsics nested": (
        into("read metrics/Parameters/Key.$", "States.UUID(" * 12 + ")" * 12),
        (
            "'read metrics': Parameters.Key.$: more than 10 intrinsics are nested in "
            "'States.UUID(States.UUID(States.UUID(States.UUID(States.UUID(States.UUID(States.UUID(States.UUID(States.UUID(States.UUID(States.UUID(States.UUID())))))))))))'"
        ),
    ),
    "context that is none": (
        into("read metrics/Parameters/Key.$", "$$.Exec.Name"),
        "'read metrics': Parameters.Key.$: the context object has no 'Exec'. Did you mean 'Execution'?",
    ),
    "expression that is no text": (
        into("read metrics/Parameters/Key.$", 3),
        "'read metrics': Parameters.Key.$: 3 is not a path",
    ),
    "too large": (into("Comment", "가" * 349_526), "the definition has 1055310 bytes; AWS takes less than 1048576"),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_broken_definition_is_refused_with_the_fault_named(name: str) -> None:
    change, hint = FAULTS[name]
    definition = good()
    change(definition)
    with pytest.raises(TemplateError) as error:
        check_definition(definition)
    head, said = str(error.value).split("\n", 1)
    assert head == "the template built a definition that AWS would refuse:"
    assert said.splitlines()[0].strip() == hint


def test_a_loop_without_a_way_out_is_named() -> None:
    definition = good()
    definition["States"]["train"]["Next"] = "preprocess"
    assert "'train': no end of the run can be reached from here" in find_definition_problems(definition)


def test_two_states_of_one_name_are_refused_even_in_different_branches() -> None:
    definition = nested()
    processor = definition["States"]["all"]["ItemProcessor"]
    processor["States"]["wait"] = processor["States"].pop("each")
    processor["StartAt"] = "wait"
    assert find_definition_problems(definition) == [
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
    find_definition_problems(definition)


@given(junk=st.dictionaries(st.sampled_from(["StartAt", "States", "Comment", "x"]), JSON))
def test_any_document_is_judged_not_crashed_on(junk: dict[str, Any]) -> None:
    assert find_definition_problems(junk)


@given(names=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True))
def test_a_chain_is_sound_and_unsound_without_any_of_its_links(names: list[str]) -> None:
    states: dict[str, Any] = {n: {"Type": "Pass", "Next": m} for n, m in itertools.pairwise(names)}
    states[names[-1]] = {"Type": "Succeed"}
    assert find_definition_problems({"StartAt": names[0], "States": states}) == []
    for name in names[:-1]:
        broken = {**states, name: {"Type": "Pass", "End": True}}
        assert find_definition_problems({"StartAt": names[0], "States": broken})
