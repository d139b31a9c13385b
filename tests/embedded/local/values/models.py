"""A model, and the code that trained it, as files that an S3 client of its own returns."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

from pushtrain.local.values.environment import ModelEnvironment
from tests.unit.reproduction.test_members import pack

CODE_URI = "s3://artifacts/churn/source/abc/sourcedir.tar.gz"
ENVIRONMENT = ModelEnvironment(step="train", image="", script="steps/train.py", code=CODE_URI, matches_image=False)
# The class `net.Net` of the module steps/net.py, as its pickle names it, with the width 7.
NET = b"\x80\x04cnet\nNet\n)\x81}X\x05\x00\x00\x00widthK\x07sb."


class Code:
    """An S3 client that has the code archive of a run, and nothing else."""

    def __init__(self, **files: str) -> None:
        modules = {f"steps/{name}.py": text.encode() for name, text in {"train": "", **files}.items()}
        self._archive = pack(modules).getvalue()

    def get_object(self, **_: str) -> dict[str, io.BytesIO]:
        """Return the archive."""
        return {"Body": io.BytesIO(self._archive)}


def write_model(file: Path, **members: object) -> Path:
    """Write a model.tar.gz with a pickle of each member; bytes are written as they are."""
    bodies = {name: body if isinstance(body, bytes) else pickle.dumps(body) for name, body in members.items()}
    file.write_bytes(pack(bodies).getvalue())
    return file
