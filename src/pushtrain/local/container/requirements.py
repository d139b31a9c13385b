"""The requirements.txt files that a job installs before its script runs: which they are, and what they depend on.

In: the folder of the unpacked code, and the path of the script in it. Out: Requirements. Nothing is installed here.
The rules are those of `pushes/pushtrain_start.py`, which installs the same files in the containers of AWS.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from msgspec import Struct

from pushtrain.hashes import hash_bytes, hash_files

REQUIREMENTS = "requirements.txt"
# A line that names a file beside it: `-r base.txt`, `-c pins.txt`, `-e .`, `./vendor/x.whl`, `tool @ file:x.whl`.
_NAMES_A_FILE = re.compile(
    r"\s*(-[rcef]\b|--(requirement|constraint|editable|find-links)\b|[./])|.*(\bfile:|^[^#;@]*\.(whl|zip|tar\.gz)\s*$)"
)


class Requirements(Struct, frozen=True, kw_only=True):
    """One requirements.txt.

    If its text names other files, `folder` is the folder in which pip runs, so that it finds them, and `code_hash` is
    the hash of all code. Otherwise they are None and empty: then the text alone decides what is installed.
    """

    text: str
    folder: Path | None = None
    code_hash: str = ""


def find_requirements(code: Path, script: str) -> str:
    """Return the path of the requirements.txt beside the script, else of the one at the root, else ""."""
    paths = (str(PurePosixPath(script).parent / REQUIREMENTS), REQUIREMENTS)
    return next((path for path in paths if (code / path).is_file()), "")


def read_requirements(code: Path, path: str) -> Requirements:
    """Return the file `path` of the folder `code`. Bytes that are not UTF-8 become U+FFFD."""
    text = (code / path).read_text("utf-8-sig", "replace")
    if not any(_NAMES_A_FILE.match(line) for line in text.splitlines()):
        return Requirements(text=text)
    files = (file for file in code.rglob("*") if file.is_file())
    code_hash = hash_files((file.relative_to(code).as_posix(), hash_bytes(file.read_bytes())) for file in files)
    return Requirements(text=text, folder=(code / path).parent, code_hash=code_hash)
