"""What Tab offers: model repos, environments, and the models, versions and runs in the store of this computer.

In: the command line so far, as click passes it. Out: words. It reads no network and imports no AWS. If it cannot read
something, it offers nothing: an error would disturb a person who is typing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from pushtrain.errors import PushtrainError

MAX_RUNS = 20


def complete_folders(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the model repos in the folder being typed; if there are none, let the shell offer folders."""
    head, slash, start = incomplete.rpartition("/")
    try:
        entries = sorted(Path(head + slash or ".").iterdir())
    except OSError:
        entries = []
    names = [entry.name for entry in entries if entry.name.startswith(start) and (entry / "config.yaml").is_file()]
    return [CompletionItem(head + slash + name) for name in names] or [CompletionItem(incomplete, type="dir")]


def complete_environments(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Offer the environments of the model repos on the command line."""
    # While an option has no value yet, click leaves the arguments unparsed in ctx.args
    folders = ctx.params.get("folder") or ctx.params.get("folders") or ctx.args
    folders = [folders] if isinstance(folders, Path) else folders
    names = {name for folder in folders for name in _read_environments(Path(folder))}
    return _build_items(sorted(names), incomplete)


def complete_models(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Offer the models in the store: registered ones, and those with a run."""
    registered = [key.partition("-")[2] for key in _read_keys(ctx, "model-package-group")]
    with_runs = [key.split(":")[-2].partition("-")[2] for key in _read_keys(ctx, "execution")]
    return _build_items(sorted({*registered, *with_runs}), incomplete)


def complete_versions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Offer the versions, in the store, of the model on the command line; newest first."""
    model = str(ctx.params.get("model", "")).lower()
    versions = [
        key.split("/")[-1]
        for key in _read_keys(ctx, "model-package")
        if key.split("/")[-2].partition("-")[2].lower() == model
    ]
    return _build_items(versions[::-1], incomplete)


def complete_runs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Offer the newest runs in the store."""
    runs = [key.rpartition(":")[2] for key in _read_keys(ctx, "execution")]
    return _build_items(runs[: -MAX_RUNS - 1 : -1], incomplete)


def _build_items(candidates: list[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(candidate) for candidate in candidates if candidate.startswith(incomplete)]


def _read_environments(folder: Path) -> Iterator[str]:
    """Yield the names of the overlays in config.yaml; none if it cannot be read."""
    from pushtrain.config.yaml.reader import read_document

    try:
        overlays = read_document((folder / "config.yaml").read_bytes()).tree.get("environments")
    except (OSError, PushtrainError):
        return
    yield from overlays if isinstance(overlays, dict) else ()


def _read_keys(ctx: click.Context, kind: str) -> list[str]:
    """Return the keys of the store's documents of one kind, oldest first; none if the store cannot be read."""
    folder = Path(ctx.params.get("store") or ".pushtrain")
    if not (folder / "store.db").is_file():
        return []
    from pushtrain.local.storage.store import Store

    try:
        store = Store(folder)
        try:
            return [key for key, _ in store.list_all(kind)]
        finally:
            store.close()
    except PushtrainError:
        return []
