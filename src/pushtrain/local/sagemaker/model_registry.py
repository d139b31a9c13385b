"""SageMaker's model registry on this machine: groups and versions as documents of the Store.

In: the requests of the registry's API (as JSON documents). Out: the responses AWS describes, the same for every
process that shares the store, at once. Nothing of moto's own registry is left: it counts versions in memory, forgets
what an update does not name, and checks nothing.

Only versioned packages: one that belongs to no group is refused.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pushtrain.catalog.api import problems_in
from pushtrain.local.api import ApiError, RequestScope, list_operations, paginate, serve
from pushtrain.local.identity import user_arn, user_name
from pushtrain.local.patches import Patches
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
NEVER_DESCRIBED = ("ClientToken", "Tags")

Document = dict[str, Any]


class ModelRegistry:
    """Each method is one API operation: request in, response out, times in epoch seconds. Raises ApiError.

    `on_update` is called with a version as it is after UpdateModelPackage, and the members the request named.
    """

    def __init__(
        self, *, store: Store, platform: Platform, on_update: Callable[[Document, Iterable[str]], None] | None = None
    ) -> None:
        self.store = store
        self._on_update = on_update
        self._arn = f"arn:{platform.partition}:sagemaker:{platform.region}:{platform.account}"
        identity = {"Arn": user_arn(platform), "PrincipalId": user_name()}
        self._user = {"UserProfileName": user_name(), "IamIdentity": identity}

    def create_model_package_group(self, request: Document, _: RequestScope) -> Document:
        """Refuses a name that is taken, as AWS does."""
        _check("CreateModelPackageGroup", request)
        name = request["ModelPackageGroupName"]
        arn = f"{self._arn}:{GROUP}/{name}"
        with self.store.write_lock():
            if self.store.get(GROUP, name) is not None:
                raise _refused(f"Model Package Group already exists: {arn}")
            status = {"ModelPackageGroupArn": arn, "ModelPackageGroupStatus": "Completed"}
            self.store.put(GROUP, name, {**request, **status, **self._created()})
        return {"ModelPackageGroupArn": arn}

    def describe_model_package_group(self, request: Document, _: RequestScope) -> Document:
        """By name or ARN."""
        return _described(self._group(request))

    def delete_model_package_group(self, request: Document, _: RequestScope) -> Document:
        """Refuses a group that still has versions."""
        with self.store.write_lock():
            name = self._group(request)["ModelPackageGroupName"]
            if any(document["ModelPackageGroupName"] == name for document in self._versions()):
                raise _refused(f"Model Package Group {name} has versions: delete them first")
            self.store.remove(GROUP, name)
        return {}

    def list_model_package_groups(self, request: Document, _: RequestScope) -> Document:
        """Filtered, sorted and paged as asked; oldest first where nothing is asked."""
        groups = [document for _, document in self.store.list_all(GROUP)]
        return _page(request, groups, "ModelPackageGroupSummaryList", GROUP_SUMMARY)

    def create_model_package(self, request: Document, _: RequestScope) -> Document:
        """The next version of a group; the same ClientToken again is the same version (AWS: idempotency token)."""
        if "ModelPackageGroupName" not in request:
            raise _refused("ModelPackageGroupName is missing: here every package is a version of a group")
        _check("CreateModelPackage", request)
        with self.store.write_lock():
            group = self._group(request)["ModelPackageGroupName"]
            known = self._by_token(group, request.get("ClientToken"))
            if known is not None:
                return {"ModelPackageArn": known}
            version = self.store.next_number(VERSION, group)
            arn = f"{self._arn}:{VERSION}/{group.lower()}/{version}"
            self.store.put(VERSION, arn, {**request, **self._new(group, version, arn), **self._created()})
        return {"ModelPackageArn": arn}

    def _new(self, group: str, version: int, arn: str) -> Document:
        details = [{"Name": arn, "Status": "Completed"}]
        return {
            "ModelPackageGroupName": group,
            "ModelPackageVersion": version,
            "ModelPackageArn": arn,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": details, "ImageScanStatuses": details},
        }

    def describe_model_package(self, request: Document, _: RequestScope) -> Document:
        """By ARN."""
        return _described(self._version(request["ModelPackageName"]))

    def batch_describe_model_package(self, request: Document, _: RequestScope) -> Document:
        """By ARN; unknown ones are in the error map."""
        found: dict[str, Document] = {}
        missing: dict[str, Document] = {}
        for arn in request["ModelPackageArnList"]:
            try:
                version = _described(self._version(arn))
                found[arn] = {k: version[k] for k in (*SUMMARY, "InferenceSpecification") if k in version}
            except ApiError as refusal:
                missing[arn] = {"ErrorCode": "ValidationException", "ErrorResponse": str(refusal)}
        return {"ModelPackageSummaries": found, "BatchDescribeModelPackageErrorMap": missing}

    def update_model_package(self, request: Document, _: RequestScope) -> Document:
        """Changes what the request names; the rest, metadata entries too, stays as it was."""
        _check_update(request)
        arn = request["ModelPackageArn"]
        with self.store.write_lock():
            modified = {"LastModifiedTime": time.time(), "LastModifiedBy": self._user}
            version = {**_changed(self._version(arn), request), **modified}
            self.store.put(VERSION, arn, version)
        if self._on_update:  # outside the store's lock: whoever is told may write
            self._on_update(version, request)
        return {"ModelPackageArn": arn}

    def delete_model_package(self, request: Document, _: RequestScope) -> Document:
        """Its number is not given again."""
        with self.store.write_lock():
            self.store.remove(VERSION, self._version(request["ModelPackageName"])["ModelPackageArn"])
        return {}

    def list_model_packages(self, request: Document, _: RequestScope) -> Document:
        """Filtered, sorted and paged as asked; oldest first where nothing is asked.

        Without a group AWS lists only packages that are no versions, unless ModelPackageType says otherwise.
        """
        wanted = str(request.get("ModelPackageGroupName", "")).rpartition("/")[2]
        kind = "Versioned" if wanted else request.get("ModelPackageType", "Unversioned")
        status = request.get("ModelApprovalStatus")
        versions = [
            document
            for document in self._versions()
            if kind != "Unversioned"
            and (not wanted or document["ModelPackageGroupName"] == wanted)
            and (status is None or document.get("ModelApprovalStatus") == status)
        ]
        return _page(request, versions, "ModelPackageSummaryList", SUMMARY)

    def _versions(self) -> list[Document]:
        return [document for _, document in self.store.list_all(VERSION)]

    def _created(self) -> Document:
        return {"CreationTime": time.time(), "CreatedBy": self._user}

    def _group(self, request: Mapping[str, Any]) -> Document:
        name = str(request["ModelPackageGroupName"]).rpartition("/")[2]
        document = self.store.get(GROUP, name)
        if document is None:
            raise _refused(f"ModelPackageGroup {self._arn}:{GROUP}/{name} does not exist.")
        return document

    def _version(self, arn: str) -> Document:
        document = self.store.get(VERSION, arn)
        if document is None:
            raise _refused(f"ModelPackage {arn} does not exist.")
        return document

    def _by_token(self, group: str, token: str | None) -> str | None:
        mine = (document for document in self._versions() if document["ModelPackageGroupName"] == group)
        same = (document["ModelPackageArn"] for document in mine if token and document.get("ClientToken") == token)
        return next(same, None)


@contextmanager
def serve_model_registry(registry: ModelRegistry) -> Iterator[None]:
    """Puts the registry in the place of moto's."""
    from moto.sagemaker.responses import SageMakerResponse  # noqa: PLC0415  moto is imported only when AWS comes up

    patches = Patches()
    serve(patches, SageMakerResponse, list_operations(registry))
    try:
        yield
    finally:
        patches.undo()


def _refused(why: str) -> ApiError:
    return ApiError("ValidationException", why)


def _check(operation: str, request: Mapping[str, Any]) -> None:
    problems = list(problems_in(operation, dict(request)))
    if problems:
        raise _refused("; ".join(str(problem) for problem in problems))


def _check_update(request: Mapping[str, Any]) -> None:
    """The limits of UpdateModelPackage that boto3 leaves to AWS."""
    status, reason = request.get("ModelApprovalStatus"), request.get("ApprovalDescription", "")
    if status not in {None, "Approved", "Rejected", "PendingManualApproval"}:
        raise _refused(f"ModelApprovalStatus: {status!r} is not Approved, Rejected or PendingManualApproval")
    if len(reason) > 1024 or "\n" in reason:  # noqa: PLR2004  botocore: ApprovalDescription, max and pattern
        raise _refused("ApprovalDescription: one line of at most 1024 characters")


def _changed(version: Document, request: Mapping[str, Any]) -> Document:
    """The version with what UpdateModelPackage asks: members replaced, metadata merged, lists grown."""
    changes = {key: value for key, value in request.items() if not key.endswith(("ToRemove", "ToAdd"))}
    metadata = {**version.get("CustomerMetadataProperties", {}), **changes.get("CustomerMetadataProperties", {})}
    for key in request.get("CustomerMetadataPropertiesToRemove", ()):
        metadata.pop(key, None)
    specifications = [
        *version.get("AdditionalInferenceSpecifications", ()),
        *request.get("AdditionalInferenceSpecificationsToAdd", ()),
    ]
    grown = {"CustomerMetadataProperties": metadata, "AdditionalInferenceSpecifications": specifications}
    kept = {key: value for key, value in {**version, **changes}.items() if key not in grown}
    return {**kept, **{key: value for key, value in grown.items() if value}}


def _described(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in NEVER_DESCRIBED}


def _page(request: Document, documents: list[Document], result: str, members: tuple[str, ...]) -> Document:
    """One page of summaries, filtered by name and time and sorted as asked."""
    after, before = request.get("CreationTimeAfter", 0), request.get("CreationTimeBefore", math.inf)
    chosen = [
        document
        for document in documents
        if request.get("NameContains", "") in document["ModelPackageGroupName"]
        and float(after) < document["CreationTime"] < float(before)
    ]
    order = "ModelPackageGroupName" if request.get("SortBy") == "Name" else "CreationTime"
    chosen.sort(key=lambda document: document[order], reverse=request.get("SortOrder") == "Descending")
    found, token = paginate(chosen, request.get("MaxResults", PAGE), request.get("NextToken"))
    summaries = [{key: document[key] for key in members if key in document} for document in found]
    return {result: summaries, **({"NextToken": token} if token else {})}
