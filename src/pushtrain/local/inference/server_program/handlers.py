"""The functions of a model's inference code, with the container's defaults for those that it does not have.

Sources: transformer.py of sagemaker-inference-toolkit, and _transformer.py and _worker.py of sagemaker-containers.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .containers import FRAMEWORKS, Sklearn, XgboostWithoutCode
from .encoding import JSON, TEXT_TYPES, UnsupportedType
from .errors import StartError, explain
from .features import FeatureLog

STEPS = ("input_fn", "predict_fn", "output_fn")
Answer = tuple[int, bytes, str]


class Context:
    """What the inference toolkit passes as the last argument `context`: the parts that handlers use."""

    def __init__(self, folder: str, headers: Mapping[str, str]) -> None:
        self.system_properties = {"model_dir": folder, "gpu_id": None, "batch_size": 1}
        self.request_processor = [self]
        self._headers = {name.lower(): text for name, text in headers.items()}

    def get_request_properties(self) -> dict[str, str]:
        """Return the headers of the request, in lower case."""
        return self._headers

    def get_request_header(self, _: int, name: str) -> str | None:
        """Return one header of the request."""
        return self._headers.get(name.lower())


class Model:
    """A loaded model, and how it answers a request."""

    def __init__(
        self, framework: str, folder: str, code: str, program: str, features: FeatureLog | None = None
    ) -> None:
        """Load the model. `features` gets what input_fn returns. Raises StartError, or whatever the code raises."""
        self._folder, self._code = folder, Path(code)
        own = _import_code(code, program) if program else None
        self._container: Sklearn = (
            XgboostWithoutCode() if framework == "xgboost" and own is None else FRAMEWORKS[framework]()
        )
        self._transform = getattr(own, "transform_fn", None)
        mixed = [name for name in STEPS if hasattr(own, name)]
        if self._transform and mixed:
            raise StartError(f"{program}.py has transform_fn and {', '.join(mixed)}. Keep transform_fn or the others")
        self._input, self._predict, self._output = (
            getattr(own, name, None) or getattr(self._container, name) for name in STEPS
        )
        self._features = features
        if features and self._transform:
            features.close(f"{program}.py has transform_fn, which shows no features. Use input_fn and predict_fn")
        self._model = self._load(own)

    def answer(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return status, body and content type for a request. An error of the code is logged with its traceback."""
        context = Context(self._folder, headers)
        content_type = context.get_request_header(0, "content-type") or JSON
        default = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or self._container.accept
        accept = context.get_request_header(0, "accept") or "*/*"
        accept = default if accept == "*/*" else accept
        try:
            text = body.decode("utf-8") if content_type in TEXT_TYPES else body
            return self._answer(context, text, content_type, accept)
        except Exception as error:  # noqa: BLE001 - whatever the code of the model raises
            traceback.print_exc()
            return self._container.error_status, f"{explain(error, self._code)}\n".encode(), "text/plain; charset=utf-8"

    def _load(self, own: Any) -> Any:
        model_fn = getattr(own, "model_fn", None) or self._container.model_fn
        context = Context(self._folder, {})
        uses_toolkit = self._container.passes_context
        if uses_toolkit and hasattr(own, "pre_model_fn"):
            self._call(own.pre_model_fn, context, self._folder)
        model = self._call(model_fn, context, self._folder)
        if uses_toolkit and hasattr(own, "model_warmup_fn"):
            self._call(own.model_warmup_fn, context, self._folder, model)
        return model

    def _answer(self, context: Context, body: Any, content_type: str, accept: str) -> Answer:
        if self._transform:
            return _finish(self._call(self._transform, context, self._model, body, content_type, accept), accept)
        try:
            rows = self._call(self._input, context, body, content_type)
        except UnsupportedType as error:
            return self._container.input_status, f"{error}\n".encode(), "text/plain; charset=utf-8"
        if self._features:
            self._features.add(rows, _count_lines(body))
        prediction = self._call(self._predict, context, rows, self._model)
        try:
            return _finish(self._call(self._output, context, prediction, accept), accept)
        except UnsupportedType as error:
            return self._container.output_status, f"{error}\n".encode(), "text/plain; charset=utf-8"

    def _call(self, function: Callable[..., Any], context: Context, *arguments: Any) -> Any:
        """Call a function; the containers with the inference toolkit pass `context` if it has a parameter for it."""
        count = len(inspect.signature(function).parameters)
        takes_context = self._container.passes_context and count == len(arguments) + 1
        return function(*arguments, context) if takes_context else function(*arguments)


def _count_lines(body: str | bytes) -> int:
    return sum(bool(line.strip()) for line in body.splitlines())


def _finish(response: Any, accept: str) -> Answer:
    """Return the response of output_fn or transform_fn: text or bytes, alone or with its content type."""
    content, content_type = response if isinstance(response, tuple) else (response, accept)
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes | bytearray):
        kind = type(content).__name__
        raise TypeError(f"the response is of type {kind}; a container sends text or bytes, such as json.dumps(...)")
    return 200, bytes(content), str(content_type)


def _import_code(code: str, program: str) -> Any:
    if not (Path(code) / f"{program}.py").is_file():
        raise StartError(f"the model has no code/{program}.py. Name it in register.inference.code of config.yaml")
    sys.path.insert(0, code)
    return importlib.import_module(program)
