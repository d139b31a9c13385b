"""The defaults of the images, as far as they need no package of the image."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pushtrain.local.inference.server_program.containers import (
    Huggingface,
    Pytorch,
    Sklearn,
    Xgboost,
    XgboostWithoutCode,
)
from pushtrain.local.inference.server_program.encoding import UnsupportedType
from pushtrain.local.inference.server_program.errors import StartError


class Doubler:
    """A model that predicts twice the first column."""

    def predict(self, rows: Any, **_: object) -> Any:
        return rows[:, 0] * 2


@pytest.fixture
def xgboost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package xgboost whose DMatrix is an array, and whose models double."""

    class Booster(Doubler):
        def load_model(self, path: str) -> None:
            assert Path(path).read_text() == "trees"

    monkeypatch.setitem(sys.modules, "xgboost", types.SimpleNamespace(DMatrix=np.asarray, Booster=Booster))


def test_sklearn_makes_numbers_of_text_and_needs_a_model_fn() -> None:
    container = Sklearn()
    rows = container.input_fn("1,2\n3,4", "text/csv")
    assert (rows.dtype, rows.tolist()) == (np.float32, [[1, 2], [3, 4]])
    assert container.output_fn(container.predict_fn(rows, Doubler()), "text/csv") == ("2.0\n6.0\n", "text/csv")
    with pytest.raises(StartError) as raised:
        container.model_fn("/opt/ml/model")
    assert str(raised.value) == "the inference code has no model_fn, and the image has no default for it"


def test_xgboost_reads_csv_and_libsvm(xgboost: None) -> None:
    container = Xgboost()
    assert container.input_fn("1,\n3,4\n", "text/csv; charset=utf-8").shape == (2, 2)
    assert container.input_fn(b"1 0:5", "text/libsvm").tolist() == [[5]]
    assert container.predict_fn(np.array([[1]]), Doubler()).tolist() == [2]
    with pytest.raises(UnsupportedType) as raised:
        container.input_fn("{}", "application/json")
    assert str(raised.value) == "Content-Type application/json is not one that this image decodes; input_fn can"


def test_xgboost_without_code_serves_every_file_of_the_model(xgboost: None, tmp_path: Path) -> None:
    container = XgboostWithoutCode()
    with pytest.raises(StartError) as raised:
        container.model_fn(str(tmp_path))
    assert str(raised.value) == "the model has no file that XGBoost could load"
    (tmp_path / "xgboost-model.json").write_text("trees")
    (tmp_path / ".hidden").write_text("no tree")
    prediction = container.predict_fn(np.array([[1.5], [2.0]]), container.model_fn(str(tmp_path)))
    assert container.output_fn(prediction, "text/csv") == ("3.0\n4.0\n", "text/csv")
    body, _ = container.output_fn(prediction, "application/json")
    assert json.loads(body) == {"predictions": [{"score": 3.0}, {"score": 4.0}]}
    with pytest.raises(UnsupportedType) as refused:
        container.input_fn(b"basic,1", "text/csv")
    assert str(refused.value).startswith("the body is not text/csv: could not convert string to float")


class Tensor:
    """As much of a tensor as the PyTorch container uses."""

    def __init__(self, rows: Any) -> None:
        self.rows = np.asarray(rows)

    def to(self, _: str) -> Tensor:
        return self

    detach = cpu = lambda self: self

    def numpy(self) -> Any:
        return self.rows


class NoGrad:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


class Network:
    """A network that doubles."""

    def to(self, _: str) -> Network:
        return self

    eval = lambda self: self  # noqa: E731

    def __call__(self, tensor: Tensor) -> Tensor:
        return Tensor(tensor.rows * 2)


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    package = types.SimpleNamespace(
        Tensor=Tensor,
        FloatTensor=Tensor,
        from_numpy=Tensor,
        no_grad=NoGrad,
        device=lambda name: name,
        cuda=types.SimpleNamespace(is_available=lambda: False),
        jit=types.SimpleNamespace(load=lambda path, map_location: (Path(path).name, map_location)),
    )
    monkeypatch.setitem(sys.modules, "torch", package)


def test_pytorch_answers_with_tensors(torch: None) -> None:
    container = Pytorch()
    rows = container.input_fn("1,2\n3,4", "text/csv")
    assert container.output_fn(container.predict_fn(rows, Network()), "text/html, text/csv") == (
        "2.0,4.0\n6.0,8.0\n",
        "text/csv",
    )
    assert container.output_fn([1], "application/json") == ("[1]", "application/json")


def test_pytorch_loads_exactly_one_file(torch: None, tmp_path: Path) -> None:
    container = Pytorch()
    with pytest.raises(StartError) as raised:
        container.model_fn(str(tmp_path))
    assert str(raised.value) == "without model_fn the image loads one TorchScript file, .pt or .pth; the model has 0"
    for name in ("a.pth", "model.pt"):
        (tmp_path / name).touch()
    assert container.model_fn(str(tmp_path)) == ("model.pt", "cpu")


def test_huggingface_starts_a_pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "transformers", types.SimpleNamespace(pipeline=lambda **words: words["task"]))
    monkeypatch.delenv("HF_TASK", raising=False)
    container = Huggingface()
    with pytest.raises(StartError) as raised:
        container.model_fn(str(tmp_path))
    assert str(raised.value) == "HF_TASK is not set, and config.json of the model names no known task (nothing)"
    (tmp_path / "config.json").write_text('{"architectures": ["BertForSequenceClassification"]}')
    assert container.model_fn(str(tmp_path)) == "text-classification"
    monkeypatch.setenv("HF_TASK", "fill-mask")
    assert container.model_fn(str(tmp_path)) == "fill-mask"


def test_huggingface_reads_inputs_and_parameters() -> None:
    container = Huggingface()

    def model(inputs: Any, **parameters: Any) -> list[dict[str, Any]]:
        return [{"label": text, **parameters} for text in inputs]

    for body, content_type in (
        ('{"inputs": ["좋다"], "parameters": {"k": 1}}', "application/json"),
        ("inputs\n좋다\n", "text/csv"),
    ):
        answers = container.predict_fn(container.input_fn(body, content_type), model)
        assert answers[0]["label"] == "좋다"
    assert container.output_fn(answers, "application/json") == ('[{"label": "좋다"}]', "application/json")
    assert container.output_fn(answers, "text/csv") == ("label\r\n좋다\r\n", "text/csv")
    with pytest.raises(ValueError, match="a CSV needs a header row with inputs, or with question and context"):
        container.input_fn("좋다\n", "text/csv")
    with pytest.raises(UnsupportedType) as raised:
        container.input_fn(b"", "image/png")
    assert str(raised.value) == "Content-Type image/png: on this computer the default input_fn reads JSON, CSV"
