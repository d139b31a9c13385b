"""Amazon States Language: fields of each state type, comparisons, error names. Tables only.

The tables are for JSONPath, not for JSONata.
Sources: https://states-language.net/spec.html; Step Functions developer guide, "Error names" and "Service quotas".
"""

from __future__ import annotations

NAME_LIMIT = 80  # characters of a state's name (API shape StateName)
DEFINITION_LIMIT = 1_048_576  # bytes; AWS counts the whole request, of which the definition is a part
ENDING_TYPES = ("Succeed", "Fail")  # types of states that end a run: they have neither Next nor End

_ALL = ("Type", "Comment", "QueryLanguage", "Assign")
_FLOW = (*_ALL, "InputPath", "OutputPath", "Next", "End")
_CALL = (*_FLOW, "Parameters", "ResultSelector", "ResultPath", "Retry", "Catch")
STATE_FIELDS: dict[str, frozenset[str]] = {
    "Task": frozenset(
        {
            *(*_CALL, "Resource", "Credentials"),
            *("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"),
        }
    ),
    "Pass": frozenset({*_FLOW, "Result", "ResultPath", "Parameters"}),
    "Choice": frozenset({*_ALL, "InputPath", "OutputPath", "Choices", "Default"}),
    "Wait": frozenset({*_FLOW, "Seconds", "SecondsPath", "Timestamp", "TimestampPath"}),
    "Succeed": frozenset({*_ALL, "InputPath", "OutputPath"}),
    "Fail": frozenset({"Type", "Comment", "QueryLanguage", "Error", "ErrorPath", "Cause", "CausePath"}),
    "Parallel": frozenset({*_CALL, "Branches"}),
    "Map": frozenset(
        {
            *(*_CALL, "ItemProcessor", "Iterator", "ItemsPath", "ItemSelector", "ItemReader", "ItemBatcher"),
            *("ResultWriter", "Label", "MaxConcurrency", "MaxConcurrencyPath"),
            *("ToleratedFailureCount", "ToleratedFailureCountPath"),
            *("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
        }
    ),
}
ERRORS = frozenset(
    f"States.{name}"
    for name in (
        *(
            "ALL",
            "BranchFailed",
            "DataLimitExceeded",
            "ExceedToleratedFailureThreshold",
            "HeartbeatTimeout",
            "Http.Socket",
        ),
        *("IntrinsicFailure", "ItemReaderFailed", "NoChoiceMatched", "ParameterPathFailure", "Permissions"),
        *("QueryEvaluationError", "ResultPathMatchFailure", "ResultWriterFailed", "Runtime", "TaskFailed", "Timeout"),
    )
)
# Errors of a Task whose SageMaker job may have run. With other errors the call was refused, or it may have created a
# job whose name is used then.
JOB_ERRORS = frozenset({"States.ALL", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout"})
# Step Functions developer guide, "Fail workflow state": the intrinsics that ErrorPath and CausePath take.
FAIL_INTRINSICS = frozenset(
    f"States.{name}"
    for name in ("ArrayGetItem", "Base64Decode", "Base64Encode", "Format", "Hash", "JsonToString", "UUID")
)
_ORDERS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
COMPARISONS: dict[str, type | tuple[type, ...]] = {
    **{f"String{order}": str for order in _ORDERS},
    **{f"Numeric{order}": (int, float) for order in _ORDERS},
    **{f"Timestamp{order}": str for order in _ORDERS},
    "BooleanEquals": bool,
    "StringMatches": str,
    **{f"Is{kind}": bool for kind in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")},
}
PATH_COMPARISONS = frozenset(
    f"{name}Path" for name in COMPARISONS if not name.startswith("Is") and name != "StringMatches"
)
