"""`pushtrain.reproduce` trains a version again, and compares the values of files whose bytes differ."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

import pushtrain
from pushtrain import reproductions
from pushtrain.errors import OperatorError
from pushtrain.platform import Platform
from pushtrain.reproduction.inputs import ComparedInput
from pushtrain.reproduction.ladder import Rung
from pushtrain.reproduction.outcome import read_outcome
from pushtrain.reproductions import refuse_inputs
from tests.embedded.conftest import MakeRepo

# Keys in another order each time, in a class of the script itself; the same values.
SHUFFLED = """import os
import pickle
import random
from pathlib import Path
from types import SimpleNamespace


class Scaler:
    pass


model = Scaler()
names = [f"feature {number}" for number in range(12)]
random.shuffle(names)
model.means = {name: len(name) / 4 for name in names}
Path(os.environ["SM_MODEL_DIR"], "model.pkl").write_bytes(pickle.dumps(model))
Path(os.environ["SM_MODEL_DIR"], "mean.txt").write_text("11")
"""


@pytest.mark.slow
def test_a_model_with_the_same_values_in_other_bytes(make_repo: MakeRepo, tmp_path: Path) -> None:
    store, events = tmp_path / "store", list[object]()
    assert pushtrain.run(make_repo("plain", {"train.py": SHUFFLED}), store=store).model_version == 1
    again = pushtrain.reproduce("plain", 1, store=store, on_event=events.append)
    assert (again.version.version, again.run.outcome, bool(events)) == (1, "not_registered", True)
    assert {entry.state for entry in again.inputs} == {"same"}
    assert again.comparison is not None
    assert (again.comparison.rung, again.comparison.difference) == (Rung.VALUES, None)
    assert again.comparison.equal_members == 1
    with pushtrain.open_platform(store=store) as platform:
        compared = read_outcome(platform, "plain", again.run.run)
    assert str(compared) == "same values"


def test_inputs_that_are_gone_or_changed_are_refused() -> None:
    same = ComparedInput(name="code", recorded="1 files", state="same")
    changed = msgspec.structs.replace(same, name="data.raw", state="changed", detail="now 1 objects")
    gone = msgspec.structs.replace(same, name="data.old", state="gone", detail="not there")
    refuse_inputs([same, changed], changed_inputs=True)
    with pytest.raises(OperatorError, match=r"inputs have changed: data.raw \(now 1 objects\)"):
        refuse_inputs([same, changed], changed_inputs=False)
    with pytest.raises(OperatorError, match=r"inputs are gone: data.old \(not there\)"):
        refuse_inputs([gone, changed], changed_inputs=True)


def test_a_comparison_that_cannot_be_stored_is_still_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    comparison, prepared = object(), SimpleNamespace(version=None, record=None)
    for name in ("describe_version", "find_step", "find_environment", "describe_run", "build_comparison"):
        monkeypatch.setattr(reproductions, name, lambda *_: SimpleNamespace(artifact=""))
    monkeypatch.setattr(reproductions, "compare_models", lambda *_, **__: comparison)
    monkeypatch.setattr(reproductions, "write_outcome", lambda *_: "AccessDenied")
    run, platform = SimpleNamespace(), Platform.local()
    returned = reproductions.compare_reproduction(platform, prepared, run, 0.01, on_line=lines.append)  # type: ignore[arg-type]
    assert returned is comparison
    assert lines == ["pushtrain: `runs show` will not know this comparison, because it cannot be stored: AccessDenied"]
