"""`validate` of several model repos."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

BROKEN = {"config.yaml": "model: broken\ntrain:\n  framework: no-such 1\n"}
Types = Callable[..., tuple[int, str, str]]
MakeRepo = Callable[..., Path]


def test_folders_of_a_script_that_its_step_lacks_are_warned_about(make_repo: MakeRepo, typed: Types) -> None:
    repo = make_repo(
        "renamed-channel", {"config.yaml": "model: m\ndefaults: {image: 'a:1'}\npreprocess: {}\ntrain: {}\n"}
    )
    code, _, err = typed("validate", repo)
    assert code == 0
    assert (
        f"warning  {repo}/config.yaml:4  train.inputs: train.py:4 needs the input 'training', which this step does not "
        "have (its inputs: train). Write `inputs: {training: train}`\n"
    ) in err


def test_validate_of_several_tells_all_and_fails_when_one_is_wrong(make_repo: MakeRepo, typed: Types) -> None:
    good, broken = make_repo("plain"), make_repo("raises", BROKEN)
    code, out, _ = typed("validate", good, broken, "--json")
    assert code == 1
    assert [(each["folder"], each["valid"]) for each in json.loads(out)["model_repos"]] == [
        (str(good), True),
        (str(broken), False),
    ]
    code, out, err = typed("validate", good, broken)
    assert (code, "plain is valid" in out, f"{broken}: " in err) == (1, True, True)
    found = typed("validate", good.parent, "--changed-since", "", "--json")[1]
    assert found == typed("validate", good, broken, "--json")[1]
