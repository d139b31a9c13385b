"""`data_events`: a trail of the objects of two buckets, into the archive, for nobody else to use."""

from __future__ import annotations

from tests.infra.template_view import KEY_ID, View

HOME = "us-east-1:123456789012"
TRAIL = f"arn:aws:cloudtrail:{HOME}:trail/pushtrain-data-events"
ARCHIVE = "arn:aws:s3:::pushtrain-archive-123456789012-us-east-1"


def test_the_trail_has_the_objects_of_the_code_and_serving_bucket_and_no_management_events(view: View) -> None:
    [trail] = view.of("CloudTrail::Trail")
    [selector] = trail["AdvancedEventSelectors"]
    fields = {field["Field"]: field for field in selector["FieldSelectors"]}
    assert fields["eventCategory"]["Equals"] == ["Data"]
    assert fields["resources.type"]["Equals"] == ["AWS::S3::Object"]
    assert fields["resources.ARN"]["StartsWith"] == [
        "arn:aws:s3:::pushtrain-code-123456789012-us-east-1/",
        "arn:aws:s3:::pushtrain-serving-123456789012-us-east-1/",
    ]
    assert (trail["IsLogging"], trail["EnableLogFileValidation"], trail["IsMultiRegionTrail"]) == (True, True, False)
    assert (trail["S3BucketName"], trail["S3KeyPrefix"]) == (ARCHIVE.rpartition(":")[2], "cloudtrail")
    assert (trail["TrailName"], trail["KMSKeyId"]) == ("pushtrain-data-events", f"arn:aws:kms:{HOME}:key/{KEY_ID}")


def test_only_this_trail_writes_its_log_files_into_the_archive(view: View) -> None:
    looks, writes = [statement for statement in view.bucket_policy("archive") if statement["Effect"] == "Allow"]
    assert looks["Principal"] == writes["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    assert (looks["Action"], looks["Resource"]) == ("s3:GetBucketAcl", ARCHIVE)
    assert looks["Condition"] == {"StringEquals": {"aws:SourceArn": TRAIL}}
    assert (writes["Action"], writes["Resource"]) == ("s3:PutObject", f"{ARCHIVE}/cloudtrail/AWSLogs/123456789012/*")
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    assert writes["Condition"] == {"StringEquals": {"aws:SourceArn": TRAIL, **acl}}


def test_the_trail_waits_for_the_policy_of_the_archive(view: View) -> None:
    [trail] = [resource for resource in view.raw.values() if resource["Type"] == "AWS::CloudTrail::Trail"]
    assert "AWS::S3::BucketPolicy" in {view.raw[name]["Type"] for name in trail["DependsOn"]}
