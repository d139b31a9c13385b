from __future__ import annotations

import json
from pathlib import Path

from pushtrain.config.model import Config, Train
from pushtrain.config.schema import build_json_schema
from pushtrain.config.validation_errors import list_keys

FILE = Path(__file__).parents[3] / "config.schema.json"


def test_the_file_is_what_the_models_say() -> None:
    assert json.loads(FILE.read_text("utf-8")) == build_json_schema(), "run scripts/generate_schema.py"


def test_every_key_is_described_for_editors() -> None:
    schema = build_json_schema()
    for section in (schema, *schema["$defs"].values()):
        for name, field in section["properties"].items():
            assert "description" in field, name


def test_the_keys_are_those_of_config_yaml() -> None:
    schema = build_json_schema()
    assert set(schema["properties"]) == {*list_keys(Config), "environments"}
    assert set(schema["$defs"]["Train"]["properties"]) == set(list_keys(Train))
    assert schema["required"] == ["model"]
    assert schema["anyOf"] == [{"required": ["train"]}, {"required": ["steps"]}]
    assert "required" not in schema["$defs"]["TrainOverlay"]


def test_durations_are_human() -> None:
    field = build_json_schema()["$defs"]["Train"]["properties"]["max_runtime"]
    assert (field["type"], field["default"]) == ("string", "24h")
