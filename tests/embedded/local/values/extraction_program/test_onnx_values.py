"""Models that real libraries wrote are read by them: scikit-learn, XGBoost, PyTorch, safetensors and ONNX."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pushtrain.local.container.environments import prepare_python
from pushtrain.local.container.requirements import Requirements
from pushtrain.local.values import extract
from pushtrain.reproduction.ladder import MemberValues
from pushtrain.reproduction.values import compare_values
from pushtrain.starters import create_model_repo

pytestmark = pytest.mark.slow
SKLEARN = """import joblib, numpy
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
random = numpy.random.RandomState(0)
features = random.rand(60, 3)
labels = features[:, 0] > 0.5
linear = make_pipeline(StandardScaler(), LogisticRegression(C=1.0 if variant == "b" else 2.0))
joblib.dump(linear.fit(features, labels), "linear.joblib")
forest = RandomForestClassifier(5, random_state=3).fit(features, labels)
joblib.dump(forest, "forest.joblib", compress=0 if variant == "a" else 3)
"""
XGBOOST = """import numpy, xgboost
features = numpy.random.RandomState(0).rand(60, 3)
model = xgboost.XGBClassifier(n_estimators=3, max_depth=2, learning_rate=0.2 if variant == "b" else 0.1)
model.fit(features, features[:, 0] > 0.5)
model.save_model("model.json")
model.save_model("model.ubj")
"""
TORCH = """import torch
torch.manual_seed(0)
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(4, 8)
net = Net()
torch.save(net.state_dict(), "same.pt", _use_new_zipfile_serialization=variant == "a")
torch.save({"half": net.fc1.weight.detach().to(torch.bfloat16), "sparse": torch.eye(3).to_sparse()}, "kinds.pt")
if variant == "b":
    net.fc1.weight.data[2, 3] += 0.5
torch.save(net.state_dict(), "state.pt")
torch.save(net, "whole.pth")
"""
ONNX = """import numpy, onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
weights = numpy.arange(6, dtype="f4").reshape(2, 3)
weights[1, 2] += variant == "b"
save_file({"fc1.weight": weights}, "model.safetensors")
node = helper.make_node("MatMul", ["x", "w"], ["y"])
x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size]) for name, size in (("x", 2), ("y", 3)))
graph = helper.make_graph([node], "g", [x], [y], [numpy_helper.from_array(weights, "w")])
onnx.save(helper.make_model(graph, producer_name=variant), "model.onnx")
"""


# Runs a script as two variants, and reads what each has saved, in one process: libraries are slow to import.
BOTH = """
import os, pathlib, sys
from pushtrain_values.dump import Dump
from pushtrain_values.extract import extract_members
home = pathlib.Path.cwd()
for variant in "ab":
    for folder in (home / variant, home / f"{variant}-values"):
        folder.mkdir()
    os.chdir(home / variant)
    exec(SCRIPT, globals())
    with Dump(home / f"{variant}-values") as dump:
        extract_members(home / variant, sorted(os.listdir(home / variant)), dump)
"""


def compare(folder: Path, python: Path, script: str) -> dict[str, MemberValues]:
    """Save two variants of a model with a script, and compare what the program reads of them."""
    (folder / extract.PACKAGE).symlink_to(extract.EXTRACTION_PROGRAM)
    code = f"SCRIPT = {script!r}\n{BOTH}"
    subprocess.run([python, "-c", code], cwd=folder, check=True, timeout=500)
    members = sorted(path.name for path in (folder / "a").iterdir())
    return {values.member: values for values in compare_values(folder / "a-values", folder / "b-values", members)}


def describe(values: dict[str, MemberValues]) -> dict[str, str]:
    return {name: str(entry.difference or entry.reason or "same") for name, entry in values.items()}


def test_scikit_learn_and_xgboost(tmp_path: Path) -> None:
    """In one process, because XGBoost imports scikit-learn too."""
    python = prepare_python([], ("xgboost", "1.7-1"), on_line=print)
    values = describe(compare(tmp_path, python, SKLEARN + XGBOOST))
    assert values.pop("forest.joblib") == "same"
    assert values.pop("linear.joblib") == "linear.joblib: steps[1][1].C: 2.0 → 1.0"
    assert [text.partition(": ")[2].split("[")[0] for text in values.values()] == [
        "learner.gradient_booster.model.trees"
    ] * 2
    assert all("values differ, at most" in text for text in values.values())


def test_pytorch(tmp_path: Path) -> None:
    """In the environment of the starter pytorch. Without its bound, torch comes with 5 GB of CUDA."""
    create_model_repo(tmp_path / "starter", "pytorch")
    requirements = Requirements(text=(tmp_path / "starter" / "requirements.txt").read_text("utf-8"))
    python = prepare_python([requirements], ("pytorch", "2.6"), on_line=print)
    values = describe(compare(tmp_path, python, TORCH))
    assert (values["same.pt"], values["kinds.pt"]) == ("same", "same")
    assert values["state.pt"].startswith("state.pt: fc1.weight[2][3]: ")
    assert values["state.pt"].endswith("; 1 of 32 values differs, at most 0.5")
    assert values["whole.pth"].startswith("whole.pth: _modules.fc1._parameters.weight[2][3]: ")


def test_onnx_and_safetensors(tmp_path: Path) -> None:
    python = prepare_python([Requirements(text="onnx\nsafetensors\nnumpy\n")], None, on_line=print)
    values = describe(compare(tmp_path, python, ONNX))
    assert values == {
        "model.onnx": "model.onnx: graph.initializer.w[1][2]: 5 → 6; 1 of 6 values differs, at most 1",
        "model.safetensors": "model.safetensors: fc1.weight[1][2]: 5 → 6; 1 of 6 values differs, at most 1",
    }
