"""The model registry: versions, and the decisions of approvers."""

from pushtrain.registry.decision import decide
from pushtrain.registry.versions import ModelVersion, approved_arns, list_versions, read_version, show_version

__all__ = ["ModelVersion", "approved_arns", "decide", "list_versions", "read_version", "show_version"]
