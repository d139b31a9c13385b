"""Registered models, for Python code: list, read, compare, review, approve, reject and fetch.

Each function takes a Platform: see `pushtrain.open_platform`. A version is named by its model and its number.
"""

from __future__ import annotations

from pathlib import Path

from pushtrain.lineage import Origin, RunInputs, find_uses
from pushtrain.lineage import read_origin as _read_origin
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, decide, list_versions, read_version
from pushtrain.report.compare import Comparison, compare_versions
from pushtrain.report.review import Review, needs_repetition, refuse_approval
from pushtrain.report.review import review_version as _review
from pushtrain.serving import FetchedModel
from pushtrain.serving import fetch as _fetch

__all__ = [
    "Comparison",
    "FetchedModel",
    "ModelVersion",
    "Origin",
    "Review",
    "RunInputs",
    "approve_version",
    "compare_versions",
    "fetch_model",
    "find_uses",
    "list_versions",
    "read_origin",
    "read_version",
    "reject_version",
    "review_version",
]


def read_origin(platform: Platform, model: str, version: int) -> Origin | None:
    """Return everything that a version came from; None if the record of its run is gone.

    Raises RegistryError if there is no such version.
    """
    run = read_version(platform, model, version).run
    return _read_origin(platform, model, run) if run else None


def review_version(platform: Platform, model: str, version: int) -> Review:
    """Return what an approver should know: today's gate, the version that serves, and warnings.

    Raises RegistryError if there is no such version.
    """
    return _review(platform, read_version(platform, model, version))


def approve_version(platform: Platform, model: str, version: int, note: str = "") -> ModelVersion:
    """Approve a version, so that it goes to serving; return it as it is then. `note` is stored with it.

    Raises RegistryError if there is no such version, if it is approved already and a later approved one serves, if it
    was rejected and `note` is empty, or if the platform wants four eyes and the version is your own.
    """
    review = review_version(platform, model, version)
    refuse_approval(review, note)
    return decide(platform, model, version, "Approved", note, repeat=needs_repetition(review))


def reject_version(platform: Platform, model: str, version: int, note: str = "") -> ModelVersion:
    """Reject a version; return it as it is then. A version that serves stops serving. `note` is stored with it.

    Raises RegistryError if there is no such version.
    """
    return decide(platform, model, version, "Rejected", note)


def fetch_model(
    platform: Platform, model: str, version: int | None = None, file: str | Path | None = None
) -> FetchedModel:
    """Download the model that serves, or an approved `version`, and check its SHA-256.

    `file` is `<model>-<version>.tar.gz` in the current folder if it is None. Raises RegistryError if nothing is
    approved, or if the download is not what was approved.
    """
    return _fetch(platform, model, version=version, target=Path(file) if file else None)
