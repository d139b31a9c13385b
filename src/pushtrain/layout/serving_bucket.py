"""Keys of the serving bucket: approved versions, and the decisions about them. Pure."""


def build_approved_key(model: str) -> str:
    """Return the key of the document that names the version in serving: `churn/approved.json`."""
    return f"{model}/approved.json"


def build_approved_version_key(model: str, version: int | str) -> str:
    """Return the key of the document that describes one approved version: `churn/3/approved.json`."""
    return f"{model}/{version}/approved.json"


def build_approved_model_key(model: str, version: int | str) -> str:
    """Return the key of the copy of an approved model: `churn/3/model.tar.gz`."""
    return f"{model}/{version}/model.tar.gz"


def build_decisions_prefix(model: str, version: int) -> str:
    """Return the prefix of the decisions about a version: `churn/3/decisions/`."""
    return f"{model}/{version}/decisions/"


def build_decision_key(model: str, version: int, decided_at: str, status: str) -> str:
    """Return the key of one decision: `churn/3/decisions/2026-11-21T10:00:00.123+00:00-Approved.json`."""
    return f"{build_decisions_prefix(model, version)}{decided_at}-{status}.json"
