"""The model registry: versions, and the decisions of approvers."""

from pushtrain.registry.decision import decide
from pushtrain.registry.earlier import Earlier, earlier_versions, find_earlier
from pushtrain.registry.missing import DENIED, no_version
from pushtrain.registry.own import Identity, caller, identity, refuse_own
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
