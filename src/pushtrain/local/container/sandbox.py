"""/opt/ml as on SageMaker, for one job: a job's own folder appears there, and its processes end with it.

In: the job's folder and the command to run. Out: the command wrapped, and the path at which the script sees its folder.
Three strategies, the first that works on this machine (or the one PUSHTRAIN_SANDBOX names):

root    a mount and pid namespace of its own; needs the right to mount (root, CAP_SYS_ADMIN)
user    the same inside a user namespace; needs no right where the system allows it. The script sees itself as root,
        as on SageMaker
paths   no namespace (macOS, locked-down containers): every `/opt/ml` in the command and environment is rewritten to
        the folder. What a script holds in its own source cannot be rewritten: see `hardcoded`. A child that makes
        itself a session of its own outlives the job here, and only here.

Nothing is ever written to the host's /opt: where /opt/ml does not exist, the namespace gets a /opt of its own that
shows the host's entries and `ml`. Namespaces isolate paths and processes, not network, memory or rights.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pushtrain.errors import LocalError

VARIABLE = "PUSHTRAIN_SANDBOX"
ROOT = "/opt/ml"
PREFIX = re.compile(r"/opt/ml(?![\w.-])")
SHELL = "/bin/sh"

Strategy = Literal["root", "user", "paths"]
STRATEGIES: tuple[Strategy, ...] = ("root", "user", "paths")

# Flags of unshare(1), best first. A pid namespace catches even children that leave the process group, but needs a
# /proc of its own, which some containers refuse: then the process group has to do.
PIDS = ("--pid", "--fork", "--kill-child", "--mount-proc")
FLAGS: dict[Strategy, tuple[tuple[str, ...], ...]] = {
    "root": (("--mount", *PIDS), ("--mount",)),
    "user": (("--map-root-user", "--mount", *PIDS), ("--map-root-user", "--mount")),
    "paths": ((),),
}

# Stdin is the pipe that pushtrain holds (process.py): it closes when pushtrain dies, and the group dies with it. The
# guard is a sibling of the program, not its child: a script that waits for its children does not wait for the guard.
GUARD = """
exec 3<&0 </dev/null
( trap '' TERM INT HUP; read -r _ <&3; kill -KILL 0 ) >/dev/null 2>&1 &
"""
START = """
trap : TERM INT
"$@" 3<&-
"""
# $1 is the job's folder. A new /opt is put together in it from the host's entries, then laid over the host's.
MOUNT = """
mount_ml() {
  if [ -d /opt/ml ]; then mount --bind "$1/ml" /opt/ml; return; fi
  mkdir -p "$1/opt" && mount -t tmpfs -o mode=755 tmpfs "$1/opt" || return
  for entry in /opt/* /opt/.[!.]*; do
    name=$1$entry
    if [ -L "$entry" ]; then cp -P "$entry" "$name"
    elif [ -d "$entry" ]; then mkdir "$name" && mount --rbind "$entry" "$name"
    elif [ -e "$entry" ]; then : >"$name" && mount --bind "$entry" "$name"
    fi || return
  done
  mkdir "$1/opt/ml" && mount --bind "$1/ml" "$1/opt/ml" && mount --rbind "$1/opt" /opt
}
mount_ml "$1" || { echo "pushtrain: cannot mount the folder of this job at /opt/ml" >&2; exit 125; }
cd "$2" || exit 125
shift 2
"""


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """One job's view of the file system. `folder/ml` is what the script sees as `root`."""

    strategy: Strategy
    flags: tuple[str, ...]
    folder: Path

    @property
    def root(self) -> str:
        """The path by which the script reaches its folder: /opt/ml, or the folder itself under `paths`."""
        return str(self.folder / "ml") if self.strategy == "paths" else ROOT

    def path(self, text: str) -> str:
        """`text` with every /opt/ml replaced by what the script sees in its place."""
        return PREFIX.sub(lambda _: self.root, text)

    def inside(self, path: str) -> Path:
        """Where the container's `path` under /opt/ml lies on this machine. Raises ValueError for any other path."""
        relative = Path(os.path.normpath(path)).relative_to(ROOT)
        return self.folder / "ml" / relative

    def command(self, argv: Sequence[str], cwd: str) -> list[str]:
        """The command line that runs `argv` in the job's view, in `cwd` (a path as the container knows it)."""
        if self.strategy == "paths":
            return guard(self._rewritten(argv))
        script = GUARD + MOUNT + START
        return ["unshare", *self.flags, SHELL, "-c", script, "pushtrain", str(self.folder), cwd, *argv]

    def _rewritten(self, argv: Sequence[str]) -> list[str]:
        """A shell line (what follows `-c` or `-ec`) gets the folder escaped: its name may hold spaces."""
        quoted = re.sub(r"([^\w/.-])", r"\\\1", self.root)
        lines = {index + 1 for index, word in enumerate(argv) if re.fullmatch(r"-[a-z]*c", word)}
        roots = [quoted if index in lines else self.root for index in range(len(argv))]
        return [PREFIX.sub(lambda _, root=root: root, word) for word, root in zip(argv, roots, strict=True)]  # type: ignore[misc]


def guard(argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` as it is and dies with this process. For `process.run`."""
    return [SHELL, "-c", GUARD + START, "pushtrain", *argv]


def sandbox(folder: Path) -> Sandbox:
    """The view of one job that owns `folder`. Raises LocalError when PUSHTRAIN_SANDBOX asks what cannot be here."""
    strategy, flags = _choose(os.environ.get(VARIABLE, ""))
    (folder / "ml").mkdir(parents=True, exist_ok=True)
    return Sandbox(strategy=strategy, flags=flags, folder=folder.resolve())


@functools.cache
def _choose(wanted: str) -> tuple[Strategy, tuple[str, ...]]:
    """Tried once per process: a few milliseconds for each try."""
    if wanted and wanted not in STRATEGIES:
        raise LocalError(f"{VARIABLE}={wanted}: expected one of {', '.join(STRATEGIES)}")
    for strategy in STRATEGIES:
        for flags in FLAGS[strategy] if wanted in {"", strategy} else ():
            if _works(strategy, flags):
                return strategy, flags
    raise LocalError(f"{VARIABLE}={wanted} does not work on this machine; unset it, and what works is chosen")


def _works(strategy: Strategy, flags: tuple[str, ...]) -> bool:
    """Whether a job's own command line does what it should: a file of its folder is seen under /opt/ml."""
    if strategy == "paths":
        return True
    if sys.platform != "linux" or (strategy == "root" and os.geteuid() != 0) or not shutil.which("unshare"):
        return False
    with tempfile.TemporaryDirectory(prefix="pushtrain-") as name:
        trial = Sandbox(strategy=strategy, flags=flags, folder=Path(name).resolve())
        (trial.folder / "ml").mkdir()
        (trial.folder / "ml" / "seen").touch()
        argv = trial.command(["test", "-e", f"{ROOT}/seen"], "/")
        quiet = subprocess.DEVNULL
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True) as tried:
            return tried.wait() == 0
