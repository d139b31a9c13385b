"""The model registry: versions, and the decisions of approvers."""

from pushtrain.registry.decision import decide
from pushtrain.registry.versions import ModelVersion, list_versions, show_version

__all__ = ["ModelVersion", "decide", "list_versions", "show_version"]
