"""Documents with a schema number: a dataclass as JSON, and back. Pure."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

Record = TypeVar("Record")


def write_document(record: Any, schema: int) -> str:
    """Return a dataclass as JSON; its schema number is the member `schema`. The same record gives the same text."""
    return json.dumps({"schema": schema, **dataclasses.asdict(record)}, ensure_ascii=False, sort_keys=True)


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
    try:
        adapter: TypeAdapter[Record] = _build_adapter(cast(Any, record_class))  # to mypy, a class is not hashable
        return adapter.validate_json(document, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error


@cache
def _build_adapter(record_class: type[Any]) -> TypeAdapter[Any]:
    """Return the reader of a class. pydantic takes longer to build it than to read with it."""
    return TypeAdapter(record_class)
