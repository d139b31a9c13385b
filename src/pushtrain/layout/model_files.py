"""Keys of the artifact bucket that belong to a model as a whole. Pure."""

import re

from pushtrain.layout.file_names import SOURCE_ARCHIVE


def build_sources_prefix(model: str) -> str:
    """Return the prefix of a model's packed code: `churn/source/`."""
    return f"{model}/source/"


def build_source_key(model: str, content_hash: str) -> str:
    """Return the key of packed code: `churn/source/8d969e/sourcedir.tar.gz`."""
    return f"{build_sources_prefix(model)}{content_hash}/{SOURCE_ARCHIVE}"


def build_definitions_prefix(model: str) -> str:
    """Return the prefix of the records of a model's definitions: `churn/definitions/`."""
    return f"{model}/definitions/"


def build_definition_key(model: str, definition_hash: str) -> str:
    """Return the key of the record that names a definition's state machine version: `churn/definitions/5e8848.json`."""
    return f"{build_definitions_prefix(model)}{definition_hash}.json"


def build_reuse_key(model: str) -> str:
    """Return the key of the document that lists the jobs whose results later runs may reuse: `churn/reuse.json`."""
    return f"{model}/reuse.json"


def build_lineage_key(model: str) -> str:
    """Return the key of the document that lists the inputs of a model's runs: `churn/lineage.json`."""
    return f"{model}/lineage.json"


def build_listing_key(model: str, identity: str) -> str:
    """Return the key of the listing of a data version: `churn/listings/2c26b4.json`."""
    return f"{model}/listings/{identity}.json"


def build_forgotten_key(model: str) -> str:
    """Return the key of the document that lists jobs that no run may reuse any more: `.forgotten/churn.json`.

    People who push write it. It lies in no model's folder, so that the IAM pattern matches no output of a job, whatever
    the folders of the job are called. Names of models contain no dot.
    """
    return f".forgotten/{model}.json"


def build_problems_key(model: str, revision: str) -> str:
    """Return the key of the document that says why a push was refused: `churn/pushes/3f1c9a/problems.json`."""
    return f"{model}/pushes/{revision}/problems.json"


def build_unfinished_key(model: str, step: str, step_hash: str) -> str:
    """Return the key of the document about checkpoints that a next run may continue.

    An example is `churn/unfinished/train/8d969e.json`. `on_run_end` writes it too.
    """
    return f"{model}/unfinished/{step}/{step_hash}.json"


_PROBLEMS_KEY = re.compile(build_problems_key("([^/]+)", "([^/]+)"))
_SOURCE_KEY = re.compile(build_source_key("[^/]+", "[^/]+"))
_LISTING_KEY = re.compile(build_listing_key("[^/]+", "[^/]+"))
_UNFINISHED_KEY = re.compile(build_unfinished_key("[^/]+", "[^/]+", "[^/]+"))


def parse_problems_key(key: str) -> tuple[str, str] | None:
    """Return model and revision of a push that was refused: `churn/pushes/3f1c9a/problems.json`."""
    match = _PROBLEMS_KEY.fullmatch(key)
    return (match[1], match[2]) if match else None


def is_source_key(key: str) -> bool:
    """Return True for packed code: `churn/source/8d969e/sourcedir.tar.gz`."""
    return bool(_SOURCE_KEY.fullmatch(key))


def is_listing_key(key: str) -> bool:
    """Return True for the listing of a data version: `churn/listings/2c26b4.json`."""
    return bool(_LISTING_KEY.fullmatch(key))


def is_unfinished_key(key: str) -> bool:
    """Return True for a document about checkpoints: `churn/unfinished/train/8d969e.json`."""
    return bool(_UNFINISHED_KEY.fullmatch(key))
