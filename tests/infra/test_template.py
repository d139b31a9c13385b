"""Every wire of the stack: what wakes whom, what tells whom, what is kept, what is published."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.names import Names
from pushtrain.catalog.job_kinds import KINDS, LOGGED_KINDS
from pushtrain.doctor.event_rules import list_rule_targets
from pushtrain.launch.refusal import Refused
from pushtrain.layout import parse_push_key
from pushtrain.platform import BUNDLE_PREFIX, Platform
from pushtrain.teams import ONLY_TEAM
from pushtrain.workflow.scoring import build_score_definition
from tests.infra.template_view import KEY_ID, View

HOME = "us-east-1:123456789012"
RUN_END = f"arn:aws:lambda:{HOME}:function:pushtrain-run-end:live"
APPROVAL = f"arn:aws:lambda:{HOME}:function:pushtrain-approval:live"
QUEUE = f"arn:aws:sqs:{HOME}:pushtrain-failures"
PUSHES = f"arn:aws:sqs:{HOME}:pushtrain-pushes"
TOPIC = f"arn:aws:sns:{HOME}:pushtrain-news"
KEY = f"arn:aws:kms:{HOME}:key/{KEY_ID}"
TRAIL = f"arn:aws:cloudtrail:{HOME}:trail/pushtrain-data-events"
OWN_BUDGETS = {
    "StringEquals": {"aws:SourceAccount": "123456789012"},
    "ArnLike": {"aws:SourceArn": "arn:aws:budgets::123456789012:*"},
}
BUCKETS = ("code", "artifacts", "serving", "archive", "access")


def bucket(view: View, kind: str) -> dict[str, Any]:
    return view.one("S3::Bucket", BucketName=f"pushtrain-{kind}-123456789012-us-east-1")


# --- storage


@pytest.mark.parametrize("kind", BUCKETS)
def test_a_bucket_is_private_versioned_tidied_and_kept(kind: str, view: View) -> None:
    properties = bucket(view, kind)
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    rules = properties["LifecycleConfiguration"]["Rules"]
    assert any(rule.get("AbortIncompleteMultipartUpload") == {"DaysAfterInitiation": 7} for rule in rules)
    [encryption] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    default = encryption["ServerSideEncryptionByDefault"]
    assert default == (
        {"SSEAlgorithm": "AES256"} if kind == "access" else {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    )
    logged = {"DestinationBucketName": bucket(view, "access")["BucketName"], "LogFilePrefix": f"{kind}/"}
    assert kind == "access" or properties["LoggingConfiguration"] == logged


def test_nothing_with_data_goes_with_the_stack_except_after_a_failed_creation(view: View) -> None:
    names = [name for name, resource in view.raw.items() if resource["Type"] in {"AWS::S3::Bucket", "AWS::KMS::Key"}]
    assert len(names) == 6
    for name in names:
        assert view.raw[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert view.raw[name]["UpdateReplacePolicy"] == "Retain"


def test_the_logs_of_jobs_stay_because_other_platforms_of_the_account_write_there_too(view: View) -> None:
    groups = {resource["Properties"]["LogGroupName"]: resource["DeletionPolicy"] for resource in log_groups(view)}
    assert {group for group, policy in groups.items() if policy == "RetainExceptOnCreate"} == {
        kind.log_group for kind in KINDS
    }
    assert set(groups.values()) == {"Delete", "RetainExceptOnCreate"}


def log_groups(view: View) -> list[dict[str, Any]]:
    return [resource for resource in view.raw.values() if resource["Type"] == "AWS::Logs::LogGroup"]


def test_no_other_resource_stays_after_a_failed_first_deployment(view: View) -> None:
    """A resource that stays would have the name that the next deployment needs."""
    policies = {resource.get("DeletionPolicy", "Delete") for resource in view.raw.values()}
    assert policies == {"Delete", "RetainExceptOnCreate"}


@pytest.mark.parametrize("kind", ["code", "artifacts"])
def test_what_was_replaced_is_kept_for_the_days_of_the_settings(kind: str, view: View, names: Names) -> None:
    rules = bucket(view, kind)["LifecycleConfiguration"]["Rules"]
    expirations = [rule["NoncurrentVersionExpiration"] for rule in rules if "NoncurrentVersionExpiration" in rule]
    assert expirations == [{"NoncurrentDays": names.settings.old_version_days}]


def test_only_scored_rows_starts_of_runs_and_what_is_marked_as_intermediate_expire(view: View) -> None:
    rules = bucket(view, "artifacts")["LifecycleConfiguration"]["Rules"]
    scores, starts, expiring = (rule for rule in rules if "ExpirationInDays" in rule)
    assert scores == {"ExpirationInDays": 30, "Prefix": ".scores/", "Status": "Enabled"}
    assert starts == {"ExpirationInDays": 90, "Prefix": ".started/", "Status": "Enabled"}
    assert expiring == {
        "ExpirationInDays": 60,
        "Status": "Enabled",
        "TagFilters": [{"Key": "pushtrain:output", "Value": "intermediate"}],
    }


def test_a_served_model_is_never_expired(view: View) -> None:
    rules = bucket(view, "serving")["LifecycleConfiguration"]["Rules"]
    assert not any(key for rule in rules for key in rule if "Expiration" in key)


def test_an_approved_model_is_locked_and_nobody_opens_the_lock(view: View) -> None:
    serving = bucket(view, "serving")
    assert serving["ObjectLockEnabled"] is True
    retention = {"Mode": "GOVERNANCE", "Days": 30}
    assert serving["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": retention},
    }
    [denial] = [entry for entry in view.bucket_policy("serving") if entry.get("Sid") == "NobodyOpensLocks"]
    assert (denial["Effect"], denial["Principal"]) == ("Deny", {"AWS": "*"})
    assert denial["Action"] == ["s3:BypassGovernanceRetention", "s3:PutObjectRetention"]
    locked = [properties["BucketName"] for properties in view.of("S3::Bucket") if "ObjectLockEnabled" in properties]
    assert locked == [serving["BucketName"]]


def test_the_handlers_join_the_network_and_only_lambda_makes_their_interfaces(view: View) -> None:
    network = {"SubnetIds": ["subnet-1a1b2c3d"], "SecurityGroupIds": ["sg-1a1b2c3d"]}
    assert {json.dumps(function["VpcConfig"], sort_keys=True) for function in view.of("Lambda::Function")} == {
        json.dumps(network, sort_keys=True)
    }
    for function in view.of("Lambda::Function"):
        name = function["FunctionName"]
        allow, deny = [entry for entry in view.role(name) if "ec2:CreateNetworkInterface" in entry["Action"]]
        assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
        assert allow["Action"] == deny["Action"]
        code = f"arn:aws:lambda:{HOME}:function:{name}"
        assert deny["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": code}}


def test_the_key_turns_over_and_serves_logs_and_news(view: View) -> None:
    [key] = view.of("KMS::Key")
    assert key["EnableKeyRotation"] is True
    own_logs = f"arn:aws:logs:{HOME}:log-group:*"
    services = {
        statement["Principal"]["Service"]: statement.get("Condition")
        for statement in key["KeyPolicy"]["Statement"]
        if "Service" in statement["Principal"]
    }
    assert services == {  # EventBridge publishes with a role, which has the key
        "logs.us-east-1.amazonaws.com": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": own_logs}},
        "s3.amazonaws.com": None,  # to send to the push queue, whose own policy names the bucket
        "cloudwatch.amazonaws.com": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        "cloudtrail.amazonaws.com": {"StringEquals": {"aws:SourceArn": TRAIL}},
        "budgets.amazonaws.com": OWN_BUDGETS,
    }


# --- trigger


def test_every_way_to_put_a_config_goes_to_the_push_queue(view: View) -> None:
    [[notification]] = bucket(view, "code")["NotificationConfiguration"].values()
    assert notification["Event"] == "s3:ObjectCreated:*"
    assert notification["Queue"] == PUSHES
    rules = {rule["Name"]: rule["Value"] for rule in notification["Filter"]["S3Key"]["Rules"]}
    key = "model-repos/churn/0a1b/config.yaml"
    assert parse_push_key(key)
    assert key.startswith(rules["prefix"])
    assert key.endswith(rules["suffix"])
    assert set(rules) == {"prefix", "suffix"}


def test_the_queue_takes_events_of_the_code_bucket_before_the_notification_is_set(view: View) -> None:
    [policy] = [policy for policy in view.of("SQS::QueuePolicy") if PUSHES in json.dumps(policy)]
    deny, allow = policy["PolicyDocument"]["Statement"]
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert (allow["Effect"], allow["Action"], allow["Resource"]) == ("Allow", "sqs:SendMessage", PUSHES)
    assert allow["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allow["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnEquals": {"aws:SourceArn": "arn:aws:s3:::pushtrain-code-123456789012-us-east-1"},
    }
    [code] = [
        resource for resource in view.raw.values() if "NotificationConfiguration" in resource.get("Properties", {})
    ]
    assert any(view.raw[name]["Type"] == "AWS::SQS::QueuePolicy" for name in code["DependsOn"])


def test_the_push_queue_feeds_the_live_handler_and_gives_up_into_the_failure_queue(view: View) -> None:
    queue = view.one("SQS::Queue", QueueName="pushtrain-pushes")
    assert queue["KmsMasterKeyId"] == KEY
    assert queue["RedrivePolicy"] == {"deadLetterTargetArn": QUEUE, "maxReceiveCount": 8}
    failures = view.one("SQS::Queue", QueueName="pushtrain-failures")
    assert failures["RedriveAllowPolicy"] == {"redrivePermission": "byQueue", "sourceQueueArns": [PUSHES]}
    assert queue["MessageRetentionPeriod"] < failures["MessageRetentionPeriod"]
    function = view.one("Lambda::Function", FunctionName="pushtrain-push")
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    [mapping] = view.of("Lambda::EventSourceMapping")
    assert (mapping["EventSourceArn"], mapping["FunctionName"]) == (PUSHES, "pushtrain-push:live")
    assert mapping["BatchSize"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 5}


@pytest.mark.parametrize("kind", ["push", "approval", "run-end", "decide", "replay"])
def test_a_handler_runs_from_the_bundle_with_its_role_and_the_platform(kind: str, view: View) -> None:
    function = view.one("Lambda::Function", FunctionName=f"pushtrain-{kind}")
    assert (function["Handler"], function["Runtime"]) == (f"on_{kind.replace('-', '_')}.handler", "python3.13")
    assert function["Role"] == f"arn:aws:iam::123456789012:role/pushtrain-{kind}"
    assert function.get("SnapStart") == (
        None if kind in {"run-end", "decide", "replay"} else {"ApplyOn": "PublishedVersions"}
    )
    assert function["LoggingConfig"]["LogGroup"] == f"/aws/lambda/pushtrain-{kind}"
    published = view.one("SSM::Parameter", Name="/pushtrain/test/platform")["Value"]
    assert function["Environment"]["Variables"] == {"PUSHTRAIN_PLATFORM": published}
    assert function.get("ReservedConcurrentExecutions") == (5 if kind == "push" else None)


@pytest.mark.parametrize("kind", ["approval", "run-end"])
def test_what_a_handler_gives_up_lands_in_the_queue(kind: str, view: View) -> None:
    invoke = view.one("Lambda::EventInvokeConfig", FunctionName=f"pushtrain-{kind}")
    assert invoke["Qualifier"] == "live"
    assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (2, 21600)
    assert invoke["DestinationConfig"] == {"OnFailure": {"Destination": QUEUE}}


def test_the_queue_keeps_two_weeks_and_takes_only_tls(view: View) -> None:
    queue = view.one("SQS::Queue", QueueName="pushtrain-failures")
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queue["SqsManagedSseEnabled"] is True
    [policy] = [policy for policy in view.of("SQS::QueuePolicy") if PUSHES not in json.dumps(policy)]
    deny = policy["PolicyDocument"]["Statement"][0]
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


# --- workflows


def test_runs_log_to_the_group_that_the_platform_names(view: View, names: Names) -> None:
    platform = Platform.from_json(view.one("SSM::Parameter")["Value"])
    group = view.one("Logs::LogGroup", LogGroupName=platform.log_group)
    assert platform.log_group.startswith("/aws/vendedlogs/states/")
    assert (group["RetentionInDays"], group["KmsKeyId"]) == (names.settings.log_retention_days, KEY)


@pytest.mark.parametrize(
    ("kind", "group"),
    [("runs", "/aws/vendedlogs/states/pushtrain"), *((kind.name, kind.log_group) for kind in LOGGED_KINDS)],
)
def test_every_story_is_archived(kind: str, group: str, view: View) -> None:
    stream = view.one("KinesisFirehose::DeliveryStream", DeliveryStreamName=f"pushtrain-{kind}-archive")
    target = stream["ExtendedS3DestinationConfiguration"]
    assert target["BucketARN"] == "arn:aws:s3:::pushtrain-archive-123456789012-us-east-1"
    assert target["Prefix"].startswith(f"{kind}/")
    assert target.get("CompressionFormat", "UNCOMPRESSED") == "UNCOMPRESSED"  # CloudWatch Logs sends gzip
    assert target["EncryptionConfiguration"] == {"KMSEncryptionConfig": {"AWSKMSKeyARN": KEY}}
    feed = view.one("Logs::SubscriptionFilter", LogGroupName=group)
    assert feed["DestinationArn"] == f"arn:aws:firehose:{HOME}:deliverystream/pushtrain-{kind}-archive"
    assert feed["FilterPattern"] == ""
    assert view.raw[feed["RoleArn"].removesuffix(".Arn").rpartition("/")[2]]["Type"] == "AWS::IAM::Role"


def test_the_archive_gets_cheaper_and_ends(view: View) -> None:
    rules = bucket(view, "archive")["LifecycleConfiguration"]["Rules"]
    fading = next(rule for rule in rules if "Transitions" in rule)
    assert fading["Transitions"] == [{"StorageClass": "GLACIER_IR", "TransitionInDays": 90}]
    assert fading["ExpirationInDays"] == 1825


def test_saved_queries_span_all_logs_and_ask_for_events_that_there_are(view: View) -> None:
    queries = {query["Name"].removeprefix("pushtrain/"): query for query in view.of("Logs::QueryDefinition")}
    assert set(queries) == {"failed runs", "slowest jobs", "one run's story"}
    history = boto3.client("stepfunctions", region_name="us-east-1").meta.service_model.shape_for("HistoryEventType")
    for query in queries.values():
        groups = {"/aws/vendedlogs/states/pushtrain", *(kind.log_group for kind in KINDS)}
        assert set(query["LogGroupNames"]) == groups
        lines = query["QueryString"].split("\n")
        assert all(re.match(r"(\| )?(fields|filter|stats|sort|limit) ", line) for line in lines)
        assert all(line.startswith("| ") for line in lines[1:])  # commands are joined by pipes
        named = re.findall(r"'([A-Z][A-Za-z]+)'", query["QueryString"])
        assert set(named) <= set(history.enum)  # type: ignore[attr-defined]
    assert "in ['ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted']" in queries["failed runs"]["QueryString"]
    assert "sort seconds desc" in queries["slowest jobs"]["QueryString"]
    assert "@logStream like /RUN_ID/" in queries["one run's story"]["QueryString"]


# --- registry


def rule(view: View, target: str) -> list[dict[str, Any]]:
    return [properties for properties in view.of("Events::Rule") if properties["Targets"][0]["Arn"] == target]


def test_decisions_and_deletions_alone_wake_the_live_handler_of_approvals(view: View) -> None:
    decisions, deletions = rule(view, APPROVAL)
    assert deletions["EventPattern"] == {
        "source": ["aws.sagemaker"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DeleteModelPackage"],
            "errorCode": [{"exists": False}],
            "requestParameters": {
                "modelPackageName": [{"wildcard": f"arn:aws:sagemaker:{HOME}:model-package/pushtrain-*"}]
            },
        },
    }
    assert deletions["Targets"][0]["DeadLetterConfig"] == {"Arn": QUEUE}
    assert decisions["EventPattern"] == {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {
            "UpdatedModelPackageFields": ["ModelApprovalStatus"],
            "ModelPackageGroupName": [{"prefix": "pushtrain-"}],  # not those of other systems
        },
    }
    assert decisions["Targets"][0]["DeadLetterConfig"] == {"Arn": QUEUE}
    assert decisions["State"] == "ENABLED"
    assert [
        properties["SourceArn"]
        for properties in view.of("Lambda::Permission")
        if properties["FunctionName"] == APPROVAL
    ]


def test_every_end_of_a_run_calls_the_live_handler(view: View) -> None:
    [ends] = rule(view, RUN_END)
    assert ends["EventPattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "status": ["SUCCEEDED", "ABORTED", "FAILED", "TIMED_OUT"],
            "stateMachineArn": [
                {"wildcard": f"arn:aws:states:{HOME}:stateMachine:pushtrain-*"},
                {"wildcard": f"arn:aws:states:{HOME}:stateMachine:pushtrain_score*"},
            ],
        },
    }
    assert ends["Targets"][0]["DeadLetterConfig"] == {"Arn": QUEUE}
    [permission] = [properties for properties in view.of("Lambda::Permission") if properties["FunctionName"] == RUN_END]
    assert permission["Principal"] == "events.amazonaws.com"


def test_each_rule_has_the_name_the_target_and_the_queue_that_doctor_expects(view: View, names: Names) -> None:
    rules = {properties["Name"]: properties for properties in view.of("Events::Rule")}
    targets = {name: properties["Targets"][0]["Arn"] for name, properties in rules.items()}
    assert targets == list_rule_targets(names.build_platform(KEY))
    assert {properties["State"] for properties in rules.values()} == {"ENABLED"}
    queued = {name for name, properties in rules.items() if "DeadLetterConfig" in properties["Targets"][0]}
    assert queued == {"pushtrain-decisions", "pushtrain-deletions", "pushtrain-run-ends"}


REGISTERED = {"outcome": "registered", "model_package": "arn", "jobs": {}}
NOT_REGISTERED = {"outcome": "not_registered", "reason": "gate not met", "jobs": {}}


@pytest.mark.parametrize(
    ("status", "output", "says"),
    [
        ("FAILED", None, "failed"),
        ("TIMED_OUT", None, "failed"),
        ("ABORTED", None, "failed"),
        ("SUCCEEDED", NOT_REGISTERED, "not registered"),
        ("SUCCEEDED", REGISTERED, "awaits approval"),
        ("RUNNING", None, ""),
    ],
)
def test_people_are_told_once_of_each_end_of_a_run(status: str, output: object, says: str, view: View) -> None:
    machine = f"arn:aws:states:{HOME}:stateMachine:pushtrain-churn"
    detail = {"status": status, "stateMachineArn": machine, "output": json.dumps(output, separators=(",", ":"))}
    descriptions = [
        news_rule["Description"]
        for news_rule in rule(view, TOPIC)
        if heard(news_rule["EventPattern"]["detail"], detail)
    ]
    assert len(descriptions) == bool(says)
    assert all(says in text for text in descriptions)
    theirs = detail | {"stateMachineArn": machine.replace("pushtrain-", "theirs-")}
    assert not any(heard(news_rule["EventPattern"]["detail"], theirs) for news_rule in rule(view, TOPIC))


def heard(pattern: dict[str, list[Any]], detail: dict[str, str]) -> bool:
    """EventBridge's matching, as far as our rules use it: equal text, or a wildcard."""
    return all(
        any(
            fnmatchcase(detail[key], matcher["wildcard"].replace("[", "[[]"))
            if isinstance(matcher, dict)
            else detail[key] == matcher
            for matcher in matchers
        )
        for key, matchers in pattern.items()
    )


def test_rules_and_alarms_of_this_account_may_tell_the_topic_and_people_hear_it(view: View) -> None:
    [policy] = view.of("SNS::TopicPolicy")
    allowed = [statement for statement in policy["PolicyDocument"]["Statement"] if statement["Effect"] == "Allow"]
    own_account = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert [(statement["Principal"], statement["Condition"]) for statement in allowed] == [
        ({"Service": "cloudwatch.amazonaws.com"}, own_account),
        ({"Service": "budgets.amazonaws.com"}, OWN_BUDGETS),
    ]
    publishers = {target["RoleArn"] for news_rule in rule(view, TOPIC) for target in news_rule["Targets"]}
    [publisher] = {name.removesuffix(".Arn").rpartition("/")[2] for name in publishers}
    [trust] = view.resources[publisher]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Principal"], trust["Condition"]) == ({"Service": "events.amazonaws.com"}, own_account)
    statements = view.role_statements(view.resources[publisher]["Properties"])
    assert [statement["Action"] for statement in statements] == ["sns:Publish", ["kms:Decrypt", "kms:GenerateDataKey"]]
    assert view.one("SNS::Topic", TopicName="pushtrain-news")["KmsMasterKeyId"] == KEY
    subscription = view.one("SNS::Subscription", Protocol="email")
    assert (subscription["Endpoint"], subscription["TopicArn"]) == ("team@example.org", TOPIC)


# --- observability


def watched(alarm: dict[str, Any]) -> str:
    """The one metric of an alarm: namespace, name, and the values of its dimensions."""
    dimensions = sorted(dimension["Value"] for dimension in alarm.get("Dimensions", ()))
    return " ".join([alarm["Namespace"], alarm["MetricName"], *dimensions])


def test_everything_that_can_go_wrong_has_an_alarm_that_tells(view: View) -> None:
    alarms = {alarm["AlarmName"].removeprefix("pushtrain-"): alarm for alarm in view.of("CloudWatch::Alarm")}
    assert {name: watched(alarm) for name, alarm in alarms.items()} == {
        "FailedRuns": "pushtrain/pushtrain FailedRuns",
        "RefusedPushes": "pushtrain/pushtrain RefusedPushes",
        "FailedPushes": "AWS/Lambda Errors pushtrain-push pushtrain-push:live",
        "FailedDecisions": "AWS/Lambda Errors pushtrain-decide pushtrain-decide:live",
        "FailedApprovals": "AWS/Lambda Errors pushtrain-approval pushtrain-approval:live",
        "FailedReports": "AWS/Lambda Errors pushtrain-run-end pushtrain-run-end:live",
        "DroppedApprovals": "AWS/Lambda AsyncEventsDropped pushtrain-approval",
        "DroppedReports": "AWS/Lambda AsyncEventsDropped pushtrain-run-end",
        "LostApprovals": "AWS/Lambda DestinationDeliveryFailures pushtrain-approval",
        "LostReports": "AWS/Lambda DestinationDeliveryFailures pushtrain-run-end",
        "ThrottledPushes": "AWS/Lambda Throttles pushtrain-push pushtrain-push:live",
        "ThrottledRuns": "AWS/States ThrottledEvents StateTransition",
        "LatePushes": "AWS/SQS ApproximateAgeOfOldestMessage pushtrain-pushes",
        "UnhandledEvents": "AWS/SQS ApproximateNumberOfMessagesVisible pushtrain-failures",
    }
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == [TOPIC]
        assert alarm["Threshold"] == (3600 if name == "LatePushes" else 1)
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_failed_runs_and_refused_pushes_are_counted_in_their_logs(view: View) -> None:
    runs = view.one("Logs::MetricFilter", LogGroupName="/aws/vendedlogs/states/pushtrain")
    assert all(end in runs["FilterPattern"] for end in ("ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"))
    assert runs["MetricTransformations"][0]["MetricName"] == "FailedRuns"
    pushes = view.one("Logs::MetricFilter", LogGroupName="/aws/lambda/pushtrain-push")
    assert pushes["FilterPattern"] == '"Refused("'
    assert str(Refused(model="churn", revision="0a", problems=())).startswith("Refused(")  # what `on_push` logs


def test_there_is_one_dashboard_and_it_finds_the_machines_by_prefix(view: View) -> None:
    [board] = view.of("CloudWatch::Dashboard")
    assert "AWS/States,StateMachineArn" in board["DashboardBody"]
    assert board["DashboardName"] == "pushtrain"


# --- what is published


def test_the_published_platform_is_what_was_made(view: View, names: Names) -> None:
    platform = Platform.from_json(view.one("SSM::Parameter", Name="/pushtrain/test/platform")["Value"])
    assert platform == names.build_platform(KEY)
    for name in (platform.code_bucket, platform.artifact_bucket, platform.serving_bucket):
        view.one("S3::Bucket", BucketName=name)
    for arn in (platform.states_role, platform.job_role):
        view.one("IAM::Role", RoleName=arn.rpartition("/")[2])
    assert platform.topic == TOPIC
    assert platform.subnets == ("subnet-0a1b2c3d",)
    assert platform.environment == "test"


def test_tags_are_on_everything_that_takes_them(view: View) -> None:
    for kind in ("S3::Bucket", "IAM::Role", "Lambda::Function", "SQS::Queue", "SNS::Topic", "KMS::Key"):
        for properties in view.of(kind):
            tags = {tag["Key"]: tag["Value"] for tag in properties["Tags"]}
            assert {"owner": "platform", "pushtrain:environment": "test"}.items() <= tags.items(), kind


def test_a_handler_tells_which_pushtrain_it_runs(view: View, tmp_path: Path) -> None:
    """`pushtrain doctor` reads it; the bundle of these tests holds no pushtrain."""
    from infra.stack import UNKNOWN, read_bundle_version

    assert {function["Description"] for function in view.of("Lambda::Function")} == {f"{BUNDLE_PREFIX}{UNKNOWN}"}
    (tmp_path / "pushtrain-1.2.3.dist-info").mkdir()
    assert read_bundle_version(tmp_path) == "1.2.3"


def test_the_machine_in_which_models_answer_is_the_librarys_own(view: View, names: Names) -> None:
    [machine] = view.of("StepFunctions::StateMachine")
    platform, role = names.build_platform(KEY), "arn:aws:iam::123456789012:role/pushtrain-score-jobs"
    assert machine["StateMachineName"] == platform.build_score_name(ONLY_TEAM)
    assert json.loads(machine["DefinitionString"]) == build_score_definition(platform, ONLY_TEAM, role)
    assert (machine["LoggingConfiguration"]["Level"], machine["TracingConfiguration"]) == ("ALL", {"Enabled": True})
