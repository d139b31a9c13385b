"""The functions of a model's inference code: which are called, with what, and what comes of their errors."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.local.inference.server_program.errors import StartError
from pushtrain.local.inference.server_program.features import FeatureLog
from pushtrain.local.inference.server_program.handlers import Model

MakeModel = Callable[..., Model]
numbers = itertools.count()


@pytest.fixture
def make_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeModel:
    """`make_model(code, framework)` loads a model whose inference code is this text."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delenv("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", raising=False)

    def make(code: str, framework: str = "pytorch", features: FeatureLog | None = None) -> Model:
        program = f"inference{next(numbers)}"  # Python imports a module of one name once
        (tmp_path / f"{program}.py").write_text(code, encoding="utf-8")
        return Model(framework, "/opt/ml/model", str(tmp_path), program, features)

    return make


FOUR = """
def model_fn(folder): return folder
def input_fn(body, content_type): return [body, content_type]
def predict_fn(rows, model): return rows + [model]
def output_fn(prediction, accept): return "|".join(prediction + [accept])
"""


def test_the_functions_are_called_in_order(make_model: MakeModel) -> None:
    model = make_model(FOUR, "sklearn")
    assert model.answer("가".encode(), {"Content-Type": "text/csv", "Accept": "text/csv"}) == (
        200,
        "가|text/csv|/opt/ml/model|text/csv".encode(),
        "text/csv",
    )
    assert model.answer(b"[]", {"accept": "*/*"})[1] == b"[]|application/json|/opt/ml/model|application/json"


def test_transform_fn_stands_alone(make_model: MakeModel) -> None:
    code = "def model_fn(folder): return 1\ndef transform_fn(model, body, content_type, accept): return body, 'a/b'\n"
    assert make_model(code).answer(b"\xff", {"Content-Type": "x/y"}) == (200, b"\xff", "a/b")
    with pytest.raises(StartError) as raised:
        make_model(f"{code}def predict_fn(rows, model): return 1\n")
    text = str(raised.value)
    assert text.partition(" ")[2] == "has transform_fn and predict_fn. Keep transform_fn or the others"


def test_features_are_noted_before_the_model_can_change_them(tmp_path: Path, make_model: MakeModel) -> None:
    code = """
def model_fn(folder): return 1
def input_fn(body, content_type): return [float(field) for field in body.split(",")]
def predict_fn(row, model): row[0] = 0.0; return row
def output_fn(prediction, accept): return str(prediction)
"""
    log = FeatureLog(tmp_path / "log")
    assert make_model(code, features=log).answer(b"1,2", {"Content-Type": "text/csv"})[1] == b"[0.0, 2.0]"
    assert (tmp_path / "log").read_text() == '{"columns": null, "rows": [["1.0", "2.0"]]}\n'


def test_transform_fn_shows_no_features(tmp_path: Path, make_model: MakeModel) -> None:
    code = "def model_fn(folder): return 1\ndef transform_fn(model, body, content_type, accept): return body, 'a/b'\n"
    make_model(code, features=FeatureLog(tmp_path / "log"))
    assert "has transform_fn, which shows no features. Use input_fn and predict_fn" in (tmp_path / "log").read_text()


def test_the_toolkit_passes_a_context_and_the_older_containers_do_not(make_model: MakeModel) -> None:
    code = """
def pre_model_fn(folder): print("before", folder)
def model_fn(folder, context): return context.system_properties["model_dir"]
def model_warmup_fn(folder, model): print("warm", model)
def transform_fn(model, body, content_type, accept, context):
    return context.request_processor[0].get_request_properties()["x-id"] + context.get_request_header(0, "X-Id")
"""
    assert make_model(code).answer(b"", {"X-Id": "7"})[1] == b"77"
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'context'"):
        make_model(code, "sklearn")


@pytest.mark.parametrize(
    ("framework", "statuses"),
    [("sklearn", (415, 406, 500)), ("pytorch", (500, 500, 500)), ("huggingface", (400, 400, 400))],
)
def test_an_error_has_the_status_of_its_container(
    make_model: MakeModel, framework: str, statuses: tuple[int, int, int]
) -> None:
    model = make_model("def model_fn(folder): return 1\ndef predict_fn(rows, model): return rows\n", framework)
    assert model.answer(b"", {"Content-Type": "image/png"})[0] == statuses[0]
    if framework == "sklearn":
        status, body, _ = model.answer(b"[[1]]", {"Accept": "image/png"})
        assert (status, body) == (406, b"Accept image/png is not one that this image encodes; output_fn can\n")
    model = make_model(FOUR.replace("return rows + [model]", "raise ValueError('나이')"), framework)
    status, body, content_type = model.answer(b"", {})
    assert (status, content_type) == (statuses[2], "text/plain; charset=utf-8")
    assert body.decode().partition(".py")[2] == ", line 4: ValueError: 나이\n"


def test_a_response_that_is_no_text_is_an_error(make_model: MakeModel) -> None:
    model = make_model(FOUR.replace('"|".join(prediction + [accept])', "[1]"), "sklearn")
    status, body, _ = model.answer(b"", {})
    message = "TypeError: the response is of type list; a container sends text or bytes, such as json.dumps(...)\n"
    assert (status, body.decode()) == (500, message)


def test_missing_code_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError) as raised:
        Model("sklearn", "/opt/ml/model", str(tmp_path), "inference")
    assert str(raised.value) == (
        "the model has no code/inference.py. Name it in register.inference.code of config.yaml"
    )
