"""`pushtrain push`: a model repo to AWS."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pushtrain.cli.options import deployed, environment_option, folder_argument, json_option, print_json


@click.command("push")
@folder_argument
@environment_option
@click.option("--again", is_flag=True, help="Start a new run of a revision that was pushed before.")
@json_option
def command(folder: Path, environment: str, again: bool, as_json: bool) -> None:
    """Upload a model repo to the platform's code bucket, which starts a run.

    Files that .gitignore or .pushtrainignore name, hidden files and virtual environments stay here.
    The platform is the one that PUSHTRAIN_PLATFORM describes.
    """
    from pushtrain.cli.validate_command import check, show_warnings
    from pushtrain.model_repo import read_model_repo
    from pushtrain.push import upload

    platform = deployed(environment)
    loaded = check(folder, platform.environment)
    show_warnings(loaded)
    repo = read_model_repo(folder)
    model = loaded.config.model
    click.echo(f"{model} · revision {repo.revision[:12]} · {len(repo.files)} files", err=True)
    with click.progressbar(length=len(repo.files), label="uploading", file=sys.stderr) as bar:
        done = upload(repo, model, platform, again=again, progress=lambda _: bar.update(1))
    if as_json:
        print_json({"model": model, "revision": repo.revision, "files": done.files, "pushed": done.fresh})
    elif done.fresh:
        click.echo(f"pushed {model} {repo.revision[:12]}. Follow it with: pushtrain runs list {model}")
    else:
        click.echo(f"{model} {repo.revision[:12]} was pushed before; nothing was uploaded. Run it anew with --again")
