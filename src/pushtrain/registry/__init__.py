"""The model registry: versions, and the decisions of approvers."""

from pushtrain.registry.decision import decide
from pushtrain.registry.own import Identity, caller, identity, refuse_own
from pushtrain.registry.versions import ModelVersion, approved_arns, list_versions, read_version, show_version

__all__ = [
    "Identity",
    "ModelVersion",
    "approved_arns",
    "caller",
    "decide",
    "identity",
    "list_versions",
    "read_version",
    "refuse_own",
    "show_version",
]
