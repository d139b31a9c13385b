"""Config in, definition out: whole documents, compared byte by byte and checked by every rule."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pushtrain.config import list_champion_evaluations, load_config
from pushtrain.config.values.fields import RESERVED_STEPS, STEP
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow, serialize_definition
from pushtrain.workflow.checks.definition import find_definition_problems
from pushtrain.workflow.definition import iterate_states

ROOT = Path(__file__).parents[3]

CASES = sorted((ROOT / "tests" / "golden" / "definitions").iterdir())

SOUND = [case for case in CASES if not case.name.startswith("error-")]

MODEL_REPOS = sorted(path.parent for path in (ROOT / "model_repos").glob("*/config.yaml"))

PLATFORM = Platform.local()

STRICT = Platform(
    account="210987654321",
    region="ap-northeast-2",
    prefix="ptprod",
    code_bucket="code",
    artifact_bucket="artifacts",
    states_role="arn:aws:iam::210987654321:role/states",
    job_role="arn:aws:iam::210987654321:role/jobs",
    environment="prod",
    subnets=("subnet-0a1b2c3d",),
    security_groups=("sg-0a1b2c3d",),
    isolation=True,
    encrypt_between_containers=True,
    image_accounts=("123456789012",),
    tags={"owner": "platform"},
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case: Path, golden: Callable[[Path, str], None]) -> None:
    config = load_config((case / "config.yaml").read_bytes()).config
    try:
        text = json.dumps(compile_workflow(config, PLATFORM), indent=1, ensure_ascii=False) + "\n"
        golden(case / "definition.json", text)
    except TemplateError as error:
        golden(case / "error.txt", f"{error}\n")


@pytest.mark.parametrize("platform", [PLATFORM, STRICT], ids=["local", "strict"])
@pytest.mark.parametrize("case", [*SOUND, *MODEL_REPOS], ids=lambda case: case.name)
def test_every_definition_and_request_is_sound_on_every_platform(case: Path, platform: Platform) -> None:
    text = (case / "config.yaml").read_text().replace("ecr.us-east-1", f"ecr.{platform.region}")
    config = load_config(text.encode(), environment=platform.environment).config
    assert find_definition_problems(compile_workflow(config, platform)) == []


def test_same_input_same_bytes() -> None:
    data = (ROOT / "tests" / "golden" / "definitions" / "every-option" / "config.yaml").read_bytes()
    texts = {serialize_definition(compile_workflow(load_config(data).config, PLATFORM)) for _ in range(3)}
    assert len(texts) == 1


COMPILE = """
import sys
from pathlib import Path
from pushtrain.config import load_config
from pushtrain.config.values.fields import RESERVED_STEPS, STEP
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow, serialize_definition
config = load_config(Path(sys.argv[1]).read_bytes()).config
sys.stdout.buffer.write(serialize_definition(compile_workflow(config, Platform.local())).encode())
"""


def test_same_bytes_whatever_the_order_of_sets() -> None:
    """Sets of text are ordered by a hash that each process seeds anew."""
    case = ROOT / "tests" / "golden" / "definitions" / "every-option" / "config.yaml"
    texts = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", COMPILE, str(case)]
        texts.add(subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60).stdout)
    assert len(texts) == 1
    assert b"StartAt" in texts.pop()


def test_growth_with_conditions_is_linear() -> None:
    def size(count: int) -> int:
        document = {
            "model": "m",
            "train": {"framework": "sklearn 1.2-1"},
            "evaluate": {"framework": "sklearn 1.2-1"},
            "register": {"when": [{"metric": f"m{i:03}", "at_least": 0.5} for i in range(count)]},
        }
        return len(
            serialize_definition(compile_workflow(load_config(yaml.safe_dump(document).encode()).config, PLATFORM))
        )

    one, two, three = size(10), size(20), size(30)
    assert abs((three - two) - (two - one)) < 0.02 * (two - one)


def test_a_users_own_words_may_look_like_a_path() -> None:
    step = {"framework": "sklearn 1.2-1"}
    own = {"arguments": {"query": "$.a"}, "environment": {"Q": "States.Format(1)"}}
    document = {"model": "m", "preprocess": step | own, "train": step | {"hyperparameters": {"path": "$.x"}}}
    text = yaml.safe_dump(document).encode()
    request = compile_workflow(load_config(text).config, PLATFORM)["States"]["preprocess"]["Parameters"]
    assert request["AppSpecification"]["ContainerArguments"] == ["--query", "$.a"]


@pytest.mark.parametrize("case", SOUND, ids=lambda case: case.name)
def test_no_step_can_have_the_name_of_a_state(case: Path) -> None:
    config = load_config((case / "config.yaml").read_bytes()).config
    states = {name for name, _ in iterate_states(compile_workflow(config, PLATFORM)) if STEP.fullmatch(name)}
    champion = {evaluation.name for evaluation in list_champion_evaluations(config)}  # a rule keeps these names free
    assert states - config.steps.keys() - RESERVED_STEPS.keys() - champion == set()
