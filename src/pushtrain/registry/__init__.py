"""The model registry: read model versions, and approve or reject them."""

from pushtrain.registry.decision import decide, is_empty_note
from pushtrain.registry.earlier import EarlierVersion, find_earlier_version, find_earlier_versions, summarize_versions
from pushtrain.registry.four_eyes import read_caller, refuse_own_approval
from pushtrain.registry.identity import Identity
from pushtrain.registry.missing import find_missing_error
from pushtrain.registry.not_found import list_model_names, unknown_version_error
from pushtrain.registry.summaries import Versions, VersionSummary, list_summaries, list_summaries_of
from pushtrain.registry.versions import (
    ModelVersion,
    find_version,
    list_approved_arns,
    list_versions,
    read_version,
    require_version,
)

__all__ = [
    "EarlierVersion",
    "Identity",
    "ModelVersion",
    "VersionSummary",
    "Versions",
    "decide",
    "find_earlier_version",
    "find_earlier_versions",
    "find_missing_error",
    "find_version",
    "is_empty_note",
    "list_approved_arns",
    "list_model_names",
    "list_summaries",
    "list_summaries_of",
    "list_versions",
    "read_caller",
    "read_version",
    "refuse_own_approval",
    "require_version",
    "summarize_versions",
    "unknown_version_error",
]
