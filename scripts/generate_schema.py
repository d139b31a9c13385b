"""Write config.schema.json, the JSON Schema of config.yaml, at the repository root."""

from __future__ import annotations

import json
from pathlib import Path

from pushtrain.config.schema import build_json_schema

TARGET = Path(__file__).parents[1] / "config.schema.json"

if __name__ == "__main__":
    TARGET.write_text(json.dumps(build_json_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")
