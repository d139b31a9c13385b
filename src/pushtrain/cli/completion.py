"""What a shell offers after Tab: model repos, environments, and what this machine's store knows.

In: the command line so far, as click gives it. Out: words. Asks nobody over a network, imports no AWS, and offers
nothing rather than fail: a person is in the middle of typing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from pushtrain.errors import PushtrainError

MAX_RUNS = 20


def complete_folders(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's
    """Model repos in the folder that is being typed; where there is none, whatever folders the shell finds."""
    head, slash, start = incomplete.rpartition("/")
    try:
        entries = sorted(Path(head + slash or ".").iterdir())
    except OSError:
        entries = []
    found = [entry.name for entry in entries if entry.name.startswith(start) and (entry / "config.yaml").is_file()]
    return [CompletionItem(head + slash + name) for name in found] or [CompletionItem(incomplete, type="dir")]


def complete_environments(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The environments of the model repos that were named."""
    given = ctx.params.get("folder") or ctx.params.get("folders") or ctx.args  # an option without its value stops click
    names = {name for folder in ([given] if isinstance(given, Path) else given) for name in _overlays(Path(folder))}
    return _items(sorted(names), incomplete)


def complete_models(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Models of this machine's store."""
    keys = _keys(ctx, "model-package-group")
    ran = [key.split(":")[-2].partition("-")[2] for key in _keys(ctx, "execution")]
    return _items(sorted({*keys, *ran}), incomplete)


def complete_versions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Versions of the model that was named, in this machine's store, newest first."""
    model = str(ctx.params.get("model", "")).lower()
    found = [key.split("/")[-1] for key in _keys(ctx, "model-package") if key.split("/")[-2].lower() == model]
    return _items(found[::-1], incomplete)


def complete_runs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The newest runs of this machine's store."""
    return _items([key.rpartition(":")[2] for key in _keys(ctx, "execution")][: -MAX_RUNS - 1 : -1], incomplete)


def _items(words: list[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def _overlays(folder: Path) -> Iterator[str]:
    from pushtrain.config.yaml.reader import read_document

    try:
        overlays = read_document((folder / "config.yaml").read_bytes()).tree.get("environments")
    except (OSError, PushtrainError):
        return
    yield from overlays if isinstance(overlays, dict) else ()


def _keys(ctx: click.Context, kind: str) -> list[str]:
    """Keys of the documents of a kind, oldest first; none where there is no store, or none that can be read."""
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
