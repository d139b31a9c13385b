"""The model registry: versions, and the decisions of approvers."""

from pushtrain.registry.decision import decide
from pushtrain.registry.four_eyes import Identity, caller, identity, refuse_own
from pushtrain.registry.not_found import DENIED, no_version
from pushtrain.registry.same_as import Earlier, earlier_versions, find_earlier
from pushtrain.registry.versions import ModelVersion, approved_arns, list_versions, read_version, require, show_version

__all__ = [
    "DENIED",
    "Earlier",
    "Identity",
    "ModelVersion",
    "approved_arns",
    "caller",
    "decide",
    "earlier_versions",
    "find_earlier",
    "identity",
    "list_versions",
    "no_version",
    "read_version",
    "refuse_own",
    "require",
    "show_version",
]
