"""The defaults of AWS's inference containers, one class per framework.

A model's own inference code replaces model_fn, input_fn, predict_fn and output_fn of its container.
Sources: handler_service.py and serving.py of sagemaker-scikit-learn-container and sagemaker-xgboost-container (and its
algorithm_mode), default_pytorch_inference_handler.py of sagemaker-pytorch-inference-toolkit, and handler_service.py of
sagemaker-huggingface-inference-toolkit.
"""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from .encoding import (
    CSV,
    JSON,
    LIBSVM_TYPES,
    NPY,
    TEXT_TYPES,
    UnsupportedType,
    decode,
    encode,
    parse_csv,
    parse_libsvm,
    parse_numbers,
)
from .errors import StartError


class Sklearn:
    """The scikit-learn container. It has no default for model_fn, and passes no context to the functions."""

    passes_context = False
    input_status, output_status, error_status = 415, 406, 500
    accept = JSON

    def model_fn(self, folder: str) -> Any:  # noqa: ARG002 - of the other containers
        """Load the model from its folder. Raises StartError if the image has no default for it."""
        raise StartError("the inference code has no model_fn, and the image has no default for it")

    def input_fn(self, body: Any, content_type: str) -> Any:
        """Decode the body of a request. Raises UnsupportedType."""
        array = decode(body, content_type, parse_csv)
        return array.astype(np.float32) if content_type in TEXT_TYPES else array

    def predict_fn(self, rows: Any, model: Any) -> Any:
        """Predict."""
        return model.predict(rows)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        """Encode the prediction as `accept`, and return it with its content type. Raises UnsupportedType."""
        return encode(prediction, accept), accept


class Xgboost(Sklearn):
    """The XGBoost container with inference code."""

    def input_fn(self, body: Any, content_type: str) -> Any:
        import xgboost

        kind = content_type.partition(";")[0].strip()
        text = body.decode() if isinstance(body, bytes) else body
        if kind in LIBSVM_TYPES:
            return xgboost.DMatrix(parse_libsvm(text))
        if kind != CSV:
            raise UnsupportedType(f"Content-Type {kind} is not one that this image decodes; input_fn can")
        return xgboost.DMatrix(parse_numbers(text.strip()))

    def predict_fn(self, rows: Any, model: Any) -> Any:
        return model.predict(rows, validate_features=False)


class XgboostWithoutCode(Xgboost):
    """The XGBoost container without inference code: it loads each file of the model, and averages what they predict."""

    output_status, error_status = 406, 400
    accept = CSV

    def input_fn(self, body: Any, content_type: str) -> Any:
        """Decode the rows. Whatever cannot be decoded is an unsupported type for this container."""
        try:
            return super().input_fn(body, content_type)
        except ValueError as error:
            raise UnsupportedType(f"the body is not {content_type}: {error}") from error

    def model_fn(self, folder: str) -> Any:
        files = [file for file in Path(folder).iterdir() if file.is_file() and not file.name.startswith(".")]
        if not files:
            raise StartError("the model has no file that XGBoost could load")
        return [self._load(file) for file in files]

    def _load(self, file: Path) -> Any:
        import pickle

        import xgboost

        try:
            return pickle.loads(file.read_bytes())  # noqa: S301 - as the container does, in the sandbox of a job
        except Exception:  # noqa: BLE001 - not a pickle: a model that XGBoost saved itself
            booster = xgboost.Booster()
            booster.load_model(str(file))
            return booster

    def predict_fn(self, rows: Any, model: Any) -> Any:
        return np.mean([booster.predict(rows, validate_features=False) for booster in model], axis=0)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        if accept == JSON:
            return json.dumps({"predictions": [{"score": score} for score in prediction.tolist()]}), accept
        return encode(prediction, accept), accept


class Pytorch(Sklearn):
    """The PyTorch container, with the inference toolkit: any error is a 500."""

    passes_context = True
    input_status, output_status = 500, 500

    def model_fn(self, folder: str) -> Any:
        import torch

        files = sorted(file for file in Path(folder).iterdir() if file.suffix in {".pt", ".pth"} and file.is_file())
        chosen = [file for file in files if file.name == "model.pt"] or files
        if len(chosen) != 1:
            raise StartError(
                f"without model_fn the image loads one TorchScript file, .pt or .pth; the model has {len(chosen)}"
            )
        return torch.jit.load(str(chosen[0]), map_location=self._device())

    def input_fn(self, body: Any, content_type: str) -> Any:
        import torch

        array = decode(body, content_type, lambda text: np.genfromtxt(io.StringIO(text), delimiter=","))
        tensor = torch.FloatTensor(array) if content_type in TEXT_TYPES else torch.from_numpy(array)
        return tensor.to(self._device())

    def predict_fn(self, rows: Any, model: Any) -> Any:
        import torch

        with torch.no_grad():
            return model.to(self._device()).eval()(rows)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        import torch

        plain = prediction.detach().cpu().numpy().tolist() if isinstance(prediction, torch.Tensor) else prediction
        types = accept.replace(" ", "").split(",")
        accept = next((name for name in types if name in {JSON, CSV, NPY}), accept)
        return encode(plain, accept), accept

    def _device(self) -> Any:
        import torch

        return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Huggingface(Sklearn):
    """The Hugging Face container: a pipeline of transformers, and any error is a 400."""

    passes_context = True
    input_status, output_status, error_status = 400, 400, 400

    def model_fn(self, folder: str) -> Any:
        from transformers import pipeline

        task = os.environ.get("HF_TASK") or self._find_task(Path(folder) / "config.json")
        return pipeline(task=task, model=folder, tokenizer=folder)

    def _find_task(self, file: Path) -> str:
        tasks = {
            "ForQuestionAnswering": "question-answering",
            "ForTokenClassification": "token-classification",
            "ForSequenceClassification": "text-classification",
            "ForMaskedLM": "fill-mask",
            "LMHeadModel": "text-generation",
            "ForCausalLM": "text-generation",
            "ForConditionalGeneration": "text2text-generation",
        }
        architectures = json.loads(file.read_text("utf-8")).get("architectures") if file.is_file() else None
        name = (architectures or [""])[0]
        if task := next((task for ending, task in tasks.items() if name.endswith(ending)), ""):
            return task
        raise StartError(f"HF_TASK is not set, and config.json of the model names no known task ({name or 'nothing'})")

    def input_fn(self, body: Any, content_type: str) -> Any:
        if content_type == JSON:
            return json.loads(body)
        if content_type != CSV:
            raise UnsupportedType(f"Content-Type {content_type}: on this computer the default input_fn reads JSON, CSV")
        rows = list(csv.DictReader(io.StringIO(body)))
        if not rows or not {"inputs", "question", "context"} & set(rows[0]):
            raise ValueError("a CSV needs a header row with inputs, or with question and context")
        return {"inputs": [row["inputs"] for row in rows] if "inputs" in rows[0] else rows}

    def predict_fn(self, data: Any, model: Any) -> Any:
        inputs, parameters = data.pop("inputs", data), data.pop("parameters", None)
        return model(inputs, **(parameters or {}))

    def output_fn(self, prediction: Any, accept: str) -> Any:
        if accept == JSON:
            return json.dumps(prediction, ensure_ascii=False, default=lambda array: array.tolist()), accept
        if accept != CSV:
            return encode(prediction, accept), accept
        text = io.StringIO()
        writer = csv.DictWriter(text, list(prediction[0]))
        writer.writeheader()
        writer.writerows(prediction)
        return text.getvalue(), accept


FRAMEWORKS = {"sklearn": Sklearn, "xgboost": Xgboost, "pytorch": Pytorch, "huggingface": Huggingface}
