"""Documents of model package versions."""

from __future__ import annotations

from pushtrain.local.sagemaker.model_package_documents import apply_update, build_version, hide_internal

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/3"


def test_a_new_version_is_completed_at_once() -> None:
    version = build_version("churn", 3, ARN)
    assert (version["ModelPackageVersion"], version["ModelPackageStatus"]) == (3, "Completed")
    assert version["ModelPackageStatusDetails"]["ValidationStatuses"] == [{"Name": ARN, "Status": "Completed"}]


def test_an_update_replaces_members_and_merges_metadata() -> None:
    version = {"ModelApprovalStatus": "PendingManualApproval", "CustomerMetadataProperties": {"auc": "0.9", "old": "1"}}
    updated = apply_update(
        version,
        {
            "ModelApprovalStatus": "Approved",
            "CustomerMetadataProperties": {"new": "2"},
            "CustomerMetadataPropertiesToRemove": ["old", "unknown"],
        },
    )
    assert updated == {"ModelApprovalStatus": "Approved", "CustomerMetadataProperties": {"auc": "0.9", "new": "2"}}
    assert version["CustomerMetadataProperties"] == {"auc": "0.9", "old": "1"}


def test_an_update_extends_the_inference_specifications() -> None:
    version = {"AdditionalInferenceSpecifications": [{"Name": "a"}]}
    updated = apply_update(version, {"AdditionalInferenceSpecificationsToAdd": [{"Name": "b"}]})
    assert updated == {"AdditionalInferenceSpecifications": [{"Name": "a"}, {"Name": "b"}]}


def test_tokens_and_tags_are_not_described() -> None:
    assert hide_internal({"ModelPackageArn": ARN, "ClientToken": "t", "Tags": []}) == {"ModelPackageArn": ARN}
