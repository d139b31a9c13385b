"""The Lambda functions that a state machine may invoke, as the engine sees them.

In: the ARN and the payload of a Task. Out: what the handler returned, or FunctionFailed with what Lambda answers then.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from typing import Any

InvokeFunction = Callable[[str, Mapping[str, Any]], Any]  # ARN of the function, payload -> what the handler returned


class FunctionFailed(Exception):
    """A handler raised an error. `cause` is Lambda's answer, a JSON document."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)

    @classmethod
    def from_error(cls, error: Exception) -> FunctionFailed:
        """Return what Lambda answers when a Python handler raises `error`.

        Source: Lambda developer guide, "Python function errors".
        """
        answer = {
            "errorMessage": str(error),
            "errorType": type(error).__name__,
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
        return cls(json.dumps(answer, ensure_ascii=False))
