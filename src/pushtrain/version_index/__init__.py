"""The index of all versions of a platform: what `pushtrain models list` shows, in one document for each team.

Handlers write it at the end of each run and at each decision. It is for looking only: whatever decides, serves, fetches
or scores a version asks the registry.
"""

from pushtrain.version_index.document import IndexedModel, VersionIndex
from pushtrain.version_index.events import DELETION_PATTERN, read_changed_model
from pushtrain.version_index.listing import Listing, list_all_versions
from pushtrain.version_index.storage import refresh_model

__all__ = [
    "DELETION_PATTERN",
    "IndexedModel",
    "Listing",
    "VersionIndex",
    "list_all_versions",
    "read_changed_model",
    "refresh_model",
]
