"""SageMaker's model registry on this computer: groups and versions as documents of the Store.

In: requests of the registry's API (as JSON documents). Out: the responses that AWS documents. Every process that shares
the store sees changes at once. It replaces moto's registry, which counts versions in memory, loses what an update does
not name, and validates nothing.

Only versioned model packages are supported: a package without a group is refused.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pushtrain.catalog.api import find_request_problems
from pushtrain.local.api import ApiError, RequestScope, list_operations, paginate, serve
from pushtrain.local.identity import user_arn, user_name
from pushtrain.local.patches import Patches
from pushtrain.local.sagemaker.model_package_documents import Document, apply_update, build_version, hide_internal
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform

GROUP, VERSION = "model-package-group", "model-package"
PAGE = 100  # botocore: MaxResults of these lists
SUMMARY = (
    "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn", "ModelPackageDescription",
    "CreationTime", "ModelPackageStatus", "ModelApprovalStatus", "ModelLifeCycle",
    "ModelPackageRegistrationType",
)  # fmt: skip
GROUP_SUMMARY = (
    "ModelPackageGroupName", "ModelPackageGroupArn", "ModelPackageGroupDescription", "CreationTime",
    "ModelPackageGroupStatus",
)  # fmt: skip


class ModelRegistry:
    """Each public method is an API operation: request in, response out, times in epoch seconds. Raises ApiError.

    After UpdateModelPackage, `on_update` is called with the updated version and the members of the request.
    """

    def __init__(
        self, *, store: Store, platform: Platform, on_update: Callable[[Document, Iterable[str]], bool] | None = None
    ) -> None:
        self.store = store
        self._on_update = on_update
        self._arn = f"arn:{platform.partition}:sagemaker:{platform.region}:{platform.account}"
        identity = {"Arn": user_arn(platform), "PrincipalId": user_name()}
        self._user = {"UserProfileName": user_name(), "IamIdentity": identity}

    def create_model_package_group(self, request: Document, _: RequestScope) -> Document:
        """Create a group. As on AWS, the name must be new."""
        _check_request("CreateModelPackageGroup", request)
        name = request["ModelPackageGroupName"]
        arn = f"{self._arn}:{GROUP}/{name}"
        with self.store.write_lock():
            if self.store.get(GROUP, name) is not None:
                raise _validation_error(f"Model Package Group already exists: {arn}")
            status = {"ModelPackageGroupArn": arn, "ModelPackageGroupStatus": "Completed"}
            self.store.put(GROUP, name, {**request, **status, **self._stamp_creation()})
        return {"ModelPackageGroupArn": arn}

    def describe_model_package_group(self, request: Document, _: RequestScope) -> Document:
        """Describe a group, given by name or ARN."""
        return hide_internal(self._find_group(request))

    def delete_model_package_group(self, request: Document, _: RequestScope) -> Document:
        """Delete a group that has no versions."""
        with self.store.write_lock():
            name = self._find_group(request)["ModelPackageGroupName"]
            if any(document["ModelPackageGroupName"] == name for document in self._list_versions()):
                raise _validation_error(f"Model Package Group {name} has versions: delete them first")
            self.store.remove(GROUP, name)
        return {}

    def list_model_package_groups(self, request: Document, _: RequestScope) -> Document:
        """List groups: filtered, sorted and paged as requested; the oldest first by default."""
        groups = [document for _, document in self.store.list_all(GROUP)]
        return _list_summaries(request, groups, "ModelPackageGroupSummaryList", GROUP_SUMMARY)

    def create_model_package(self, request: Document, _: RequestScope) -> Document:
        """Create the next version of a group. A known ClientToken returns its version (AWS: idempotency token)."""
        if "ModelPackageGroupName" not in request:
            raise _validation_error("ModelPackageGroupName is missing: here every package is a version of a group")
        _check_request("CreateModelPackage", request)
        with self.store.write_lock():
            group = self._find_group(request)["ModelPackageGroupName"]
            existing_arn = self._find_by_token(group, request.get("ClientToken"))
            if existing_arn is not None:
                return {"ModelPackageArn": existing_arn}
            version = self.store.next_number(VERSION, group)
            arn = f"{self._arn}:{VERSION}/{group.lower()}/{version}"
            document = {**request, **build_version(group, version, arn), **self._stamp_creation()}
            self.store.put(VERSION, arn, document)
        return {"ModelPackageArn": arn}

    def describe_model_package(self, request: Document, _: RequestScope) -> Document:
        """Describe a version, given by ARN."""
        return hide_internal(self._find_version(request["ModelPackageName"]))

    def batch_describe_model_package(self, request: Document, _: RequestScope) -> Document:
        """Describe several versions, given by ARN. The error map contains the unknown ones."""
        summaries: dict[str, Document] = {}
        errors: dict[str, Document] = {}
        for arn in request["ModelPackageArnList"]:
            try:
                version = hide_internal(self._find_version(arn))
                summaries[arn] = {k: version[k] for k in (*SUMMARY, "InferenceSpecification") if k in version}
            except ApiError as error:
                errors[arn] = {"ErrorCode": "ValidationException", "ErrorResponse": str(error)}
        return {"ModelPackageSummaries": summaries, "BatchDescribeModelPackageErrorMap": errors}

    def update_model_package(self, request: Document, _: RequestScope) -> Document:
        """Change the members of the request. All others, and other metadata entries, stay as they are.

        If `on_update` returns False, because a handler failed, the version is as it was before: AWS would deliver the
        event again, but here nobody does.
        """
        _check_update(request)
        arn = request["ModelPackageArn"]
        with self.store.write_lock():
            modified = {"LastModifiedTime": time.time(), "LastModifiedBy": self._user}
            before = self._find_version(arn)
            version = {**apply_update(before, request), **modified}
            self.store.put(VERSION, arn, version)
        if self._on_update:  # outside of the store's lock, because the callback may write to the store
            is_handled = self._on_update(version, request)
            if not is_handled:
                self._restore_version(before, version)
        return {"ModelPackageArn": arn}

    def _restore_version(self, before: Document, after: Document) -> None:
        """Put a version back as it was, unless somebody else has changed it meanwhile."""
        arn = before["ModelPackageArn"]
        with self.store.write_lock():
            if self._find_version(arn) == after:
                self.store.put(VERSION, arn, before)

    def delete_model_package(self, request: Document, _: RequestScope) -> Document:
        """Delete a version. Its number is never used again."""
        with self.store.write_lock():
            self.store.remove(VERSION, self._find_version(request["ModelPackageName"])["ModelPackageArn"])
        return {}

    def list_model_packages(self, request: Document, _: RequestScope) -> Document:
        """List versions: filtered, sorted and paged as requested; the oldest first by default.

        Without a group AWS lists only packages that are not versions, unless ModelPackageType says otherwise.
        """
        group = str(request.get("ModelPackageGroupName", "")).rpartition("/")[2]
        package_type = "Versioned" if group else request.get("ModelPackageType", "Unversioned")
        status = request.get("ModelApprovalStatus")
        versions = [
            document
            for document in self._list_versions()
            if package_type != "Unversioned"
            and (not group or document["ModelPackageGroupName"] == group)
            and (status is None or document.get("ModelApprovalStatus") == status)
        ]
        return _list_summaries(request, versions, "ModelPackageSummaryList", SUMMARY)

    def _list_versions(self) -> list[Document]:
        return [document for _, document in self.store.list_all(VERSION)]

    def _stamp_creation(self) -> Document:
        return {"CreationTime": time.time(), "CreatedBy": self._user}

    def _find_group(self, request: Mapping[str, Any]) -> Document:
        name = str(request["ModelPackageGroupName"]).rpartition("/")[2]
        document = self.store.get(GROUP, name)
        if document is None:
            raise _validation_error(f"ModelPackageGroup {self._arn}:{GROUP}/{name} does not exist.")
        return document

    def _find_version(self, arn: str) -> Document:
        document = self.store.get(VERSION, arn)
        if document is None:
            raise _validation_error(f"ModelPackage {arn} does not exist.")
        return document

    def _find_by_token(self, group: str, token: str | None) -> str | None:
        """Return the ARN of the group's version that was created with this ClientToken, if any."""
        arns = (
            document["ModelPackageArn"]
            for document in self._list_versions()
            if document["ModelPackageGroupName"] == group and token and document.get("ClientToken") == token
        )
        return next(arns, None)


@contextmanager
def serve_model_registry(registry: ModelRegistry) -> Iterator[None]:
    """Let the registry answer instead of moto's, while the context lasts."""
    from moto.sagemaker.responses import SageMakerResponse  # noqa: PLC0415  moto is imported only when AWS comes up

    patches = Patches()
    serve(patches, SageMakerResponse, list_operations(registry))
    try:
        yield
    finally:
        patches.undo()


def _validation_error(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def _check_request(operation: str, request: Mapping[str, Any]) -> None:
    problems = list(find_request_problems(operation, dict(request)))
    if problems:
        raise _validation_error("; ".join(str(problem) for problem in problems))


def _check_update(request: Mapping[str, Any]) -> None:
    """Check the limits of UpdateModelPackage that AWS checks, but boto3 does not."""
    status, reason = request.get("ModelApprovalStatus"), request.get("ApprovalDescription", "")
    if status not in {None, "Approved", "Rejected", "PendingManualApproval"}:
        raise _validation_error(f"ModelApprovalStatus: {status!r} is not Approved, Rejected or PendingManualApproval")
    if len(reason) > 1024 or "\n" in reason:  # noqa: PLR2004  botocore: ApprovalDescription, max and pattern
        raise _validation_error("ApprovalDescription: one line of at most 1024 characters")


def _list_summaries(request: Document, documents: list[Document], key: str, members: tuple[str, ...]) -> Document:
    """Return one page of summaries under `key`, filtered by name and time, and sorted as requested."""
    start, end = request.get("CreationTimeAfter", 0), request.get("CreationTimeBefore", math.inf)
    matches = [
        document
        for document in documents
        if request.get("NameContains", "") in document["ModelPackageGroupName"]
        and float(start) < document["CreationTime"] < float(end)
    ]
    order = "ModelPackageGroupName" if request.get("SortBy") == "Name" else "CreationTime"
    matches.sort(key=lambda document: document[order], reverse=request.get("SortOrder") == "Descending")
    page, token = paginate(matches, request.get("MaxResults", PAGE), request.get("NextToken"))
    summaries = [{member: document[member] for member in members if member in document} for document in page]
    return {key: summaries, **({"NextToken": token} if token else {})}
