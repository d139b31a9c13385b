"""The input of a run's execution: values that the definition leaves open, and a record of all that the run used. Pure.

There is no clock in it: the same push gives the same input. `runs/<run>/input.json` in the artifact bucket is a copy.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from pushtrain.config import Config
from pushtrain.hashes import fingerprint, hash_bytes
from pushtrain.layout import CONFIG, build_uri
from pushtrain.platform import Platform
from pushtrain.pushes.revision import Revision
from pushtrain.workflow.names import build_run_id

UNKNOWN = "unknown"  # the registry's metadata need a value also without git or environment
METADATA_VALUE_LIMIT = 256


def build_execution_input(config: Config, revision: Revision, source: str, platform: Platform) -> dict[str, Any]:
    """Return the input as plain values. `source` is the S3 URI of the packed code."""
    push, git = revision.push, revision.git
    run, config_hash = build_run_id(push.revision, push.version), hash_bytes(revision.config)
    author, pushed_by = git.author or UNKNOWN, push.by or UNKNOWN
    data = {name: _build_data_uri(config, revision, name) for name in config.data}
    metadata = {
        "revision": push.revision,
        "run": run,
        "config": config_hash,
        "environment": platform.environment or UNKNOWN,
        "pushed_by": pushed_by,
        "author": author,
        **{f"data.{name}": uri for name, uri in data.items()},
    }
    config_address = build_uri(push.bucket, push.prefix + CONFIG)
    return {
        "revision": push.revision,
        "run": run,
        "model": config.model,
        "environment": platform.environment,
        "code": source,
        "config": {"uri": config_address, "version": push.version, "sha256": config_hash},
        "data": data,
        "git": {
            "commit": git.commit or UNKNOWN,
            "repository": git.repository or UNKNOWN,
            "dirty": git.dirty,
            "author": author,
        },
        "pushed_by": pushed_by,
        "metadata": {key: encode_metadata_value(value) for key, value in metadata.items()},
    }


def encode_metadata_value(text: str) -> str:
    """Return `text` if CustomerMetadataProperties can hold it, else `sha256:<hash of it>`.

    AWS would refuse it only when the model version is registered, after the training.
    Source: CustomerMetadataValue, 1 to 256 characters: letters, spaces, numbers and `_.:/=+-@`.
    """
    allowed = all(unicodedata.category(char)[0] in "LZN" or char in "_.:/=+-@" for char in text)
    return text if allowed and 1 <= len(text) <= METADATA_VALUE_LIMIT else f"sha256:{fingerprint(text)}"


def _build_data_uri(config: Config, revision: Revision, name: str) -> str:
    """Return the S3 URI of a data entry: the one in config.yaml, else that of its path in the pushed revision."""
    source = config.data[name]
    if source.s3:
        return source.s3
    path = (source.local or "").rstrip("/")
    folder = "" if path in revision.sizes else "/"
    return build_uri(revision.push.bucket, f"{revision.push.prefix}{path}{folder}")
