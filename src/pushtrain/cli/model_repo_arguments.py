"""The model repos that a command works on: each DIR, or with --changed-since those below DIR that changed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from pushtrain.cli import completion
from pushtrain.cli.output import print_json
from pushtrain.cli.terminal.echo import echo

CHANGED_SINCE_HELP = (
    "Look below each DIR for model repos; take those that changed since this git revision. '' takes them all."
)


class ModelRepoFolders(Struct, frozen=True, kw_only=True):
    """Folders of model repos. `single`: the user named one DIR, so --json is one object and not a list."""

    folders: tuple[Path, ...]
    single: bool

    def __iter__(self) -> Iterator[Path]:
        return iter(self.folders)

    def print_json(self, name: str, documents: Sequence[Mapping[str, Any]]) -> None:
        """Print one document for each folder, in their order: alone if `single`, else as `{name: [...]}`."""
        if self.single:
            print_json(documents[0])
            return
        pairs = zip(self.folders, documents, strict=True)
        print_json({name: [{"folder": str(folder), **document} for folder, document in pairs]})


def model_repo_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add DIR... and --changed-since to a command; it receives them as `folders`, a ModelRepoFolders."""

    @click.argument(
        "folders",
        metavar="DIR...",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path),
        shell_complete=completion.complete_folders,
    )
    @click.option("--changed-since", "git_revision", metavar="REV", help=CHANGED_SINCE_HELP)
    @functools.wraps(command)
    def command_with_folders(folders: tuple[Path, ...], git_revision: str | None, **options: Any) -> Any:
        return command(folders=find_folders(folders, git_revision), **options)

    return command_with_folders


def find_folders(folders: tuple[Path, ...], git_revision: str | None) -> ModelRepoFolders:
    """Return the model repos to work on; say on stderr if none changed. Raises UsageError if git cannot tell."""
    if git_revision is None:
        return ModelRepoFolders(folders=tuple(dict.fromkeys(folders)), single=len(folders) == 1)
    from pushtrain.model_repo.changed import find_changed_repos

    changed = find_changed_repos(folders, git_revision)
    if not changed:
        parents = " ".join(str(folder) for folder in folders)
        since = f" has changed since {git_revision}" if git_revision else ""
        echo(f"no model repo in {parents}{since}", err=True)
    return ModelRepoFolders(folders=changed, single=False)
