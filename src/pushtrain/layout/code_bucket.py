"""Keys of the code bucket: what people push. Pure."""

import re

from pushtrain.layout.file_names import CONFIG

PUSHES_PREFIX = "model-repos/"
# The upload of a key with this prefix and suffix is a push.
PUSH_FILTER = {"prefix": PUSHES_PREFIX, "suffix": f"/{CONFIG}"}
_PUSH_KEY = re.compile(rf"{PUSHES_PREFIX}([^/]+)/([^/]+)/{re.escape(CONFIG)}")
_PUSHED_FILE_KEY = re.compile(rf"{PUSHES_PREFIX}([^/]+)/([^/]+)/(.+)", re.DOTALL)


def build_revision_prefix(model: str, revision: str) -> str:
    """Return the prefix of a pushed revision: `model-repos/churn/3f1c9a/`. Paths in the model repo follow."""
    return f"{PUSHES_PREFIX}{model}/{revision}/"


def build_compared_key(model: str, run: str) -> str:
    """Return the key of what `reproduce` found about a run's model: `model-repos/churn/.compared/3f1c9a-0b42de.json`.

    People who push write it, and they may write nowhere else. No revision is called `.compared`.
    """
    return f"{PUSHES_PREFIX}{model}/.compared/{run}.json"


def parse_push_key(key: str) -> tuple[str, str] | None:
    """Return model and revision if `key` is the config.yaml of a push: `model-repos/churn/3f1c9a/config.yaml`."""
    match = _PUSH_KEY.fullmatch(key)
    return (match[1], match[2]) if match else None


def parse_pushed_file_key(key: str) -> tuple[str, str] | None:
    """Return model and revision of a file of a push: `model-repos/churn/3f1c9a/train.py`."""
    match = _PUSHED_FILE_KEY.fullmatch(key)
    return (match[1], match[2]) if match else None


def parse_pushed_path(key: str) -> str:
    """Return the path in the model repo of a file of a push, such as `train.py`; empty if it is none."""
    match = _PUSHED_FILE_KEY.fullmatch(key)
    return match[3] if match else ""
