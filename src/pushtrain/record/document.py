"""Documents with a schema number: an object as JSON, and back. Pure."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

Record = TypeVar("Record")


def write_document(record: Any, schema: int) -> str:
    """Return an object as JSON; its schema number is the member `schema`. The same record gives the same text."""
    return json.dumps({"schema": schema, **msgspec.to_builtins(record)}, ensure_ascii=False, sort_keys=True)


def read_document(record_class: type[Record], document: bytes | str, schema: int) -> Record:
    """Read what `write_document` wrote. Members that the class does not have are left out.

    Raises ValueError if the document has another schema number, or if a member is missing or of another type.
    """
    try:
        members = json.loads(document)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    number = members.get("schema") if isinstance(members, dict) else None
    if number != schema:
        raise ValueError(f"its schema is {json.dumps(number)}, expected {schema}")
    return msgspec.convert(members, record_class, str_keys=True)
