"""The listing of a data version, so that later runs can count what changed. Calls S3.

Each data version has one object, which is written once. A listing of more than MAX_LISTED objects is not stored.
"""

from __future__ import annotations

import logging
from typing import Any

from msgspec import Struct

from pushtrain.aws import CONFLICT_CODES
from pushtrain.layout import build_listing_key
from pushtrain.record import RunRecord
from pushtrain.record.document import read_document, write_document
from pushtrain.reuse import Listing

logger = logging.getLogger(__name__)

SCHEMA = 1  # of a listing; a new member with a default value needs no new number
MAX_LISTED = 10_000  # objects: about 1 MB
Listings = dict[str, Listing]  # by the identity of the data


class DataListing(Struct, frozen=True, kw_only=True):
    """The document of a listing: the objects of a data version, sorted by name."""

    objects: Listing

    def to_json(self) -> str:
        """Return the document."""
        return write_document(self, SCHEMA)

    @classmethod
    def from_json(cls, document: bytes | str) -> DataListing:
        """Read a listing. Raises ValueError if this version of pushtrain cannot read it."""
        return read_document(cls, document, SCHEMA)


def save_listings(s3: Any, bucket: str, record: RunRecord, listings: Listings) -> None:
    """Store the listings of the data that the steps with `cache` of a run are about to read."""
    for name in _list_read_data(record):
        identity = record.data[name].identity
        if identity and (listing := listings.get(identity)) is not None:
            _save(s3, bucket, build_listing_key(record.model, identity), DataListing(objects=listing))


def parse_listing(document: bytes, uri: str) -> Listing | None:
    """Return the objects of a stored listing; None if there is none, or if this pushtrain cannot read it."""
    if not document:
        return None
    try:
        return DataListing.from_json(document).objects
    except ValueError as error:
        logger.warning("%s", f"{uri} cannot be read, so only totals are compared: {error}")
        return None


def _list_read_data(record: RunRecord) -> list[str]:
    """Return the data entries that steps with `cache` read which run."""
    steps = [step for name, step in record.steps.items() if step.is_cached and name not in record.reused_jobs]
    sources = {source.partition(".") for step in steps for source in step.inputs.values()}
    return sorted(name for first, _, name in sources if first not in record.steps and name in record.data)


def _save(s3: Any, bucket: str, key: str, listing: DataListing) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        s3.put_object(Bucket=bucket, Key=key, Body=listing.to_json().encode(), IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] not in CONFLICT_CODES:  # else an earlier run stored the same
            raise
