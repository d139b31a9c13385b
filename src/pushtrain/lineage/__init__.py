"""Lineage: everything that a run came from, and every run that came from some data or an image."""

from pushtrain.lineage.index import LineageIndex, RegisteredVersion, RunInputs, build_inputs
from pushtrain.lineage.origin import Origin, OriginStep, build_origin, complete_origin, read_origin
from pushtrain.lineage.storage import read_index, record_inputs, remove_runs
from pushtrain.lineage.uses import find_uses, find_versions_by_data

__all__ = [
    "LineageIndex",
    "Origin",
    "OriginStep",
    "RegisteredVersion",
    "RunInputs",
    "build_inputs",
    "build_origin",
    "complete_origin",
    "find_uses",
    "find_versions_by_data",
    "read_index",
    "read_origin",
    "record_inputs",
    "remove_runs",
]
