"""Show one job its own folder as /opt/ml, as SageMaker does, and end the job's processes together with the job.

In: the job's folder and the command to run. Out: the wrapped command, and the path under which the script sees its
folder. There are three strategies. PUSHTRAIN_SANDBOX names one of them; else the first that works here is used:

root    A mount and pid namespace for the job. Needs the right to mount (root, CAP_SYS_ADMIN).
user    The same inside a user namespace. Needs no rights if the system allows user namespaces. The script runs as root,
        as on SageMaker.
paths   No namespace (macOS, restricted containers). Every `/opt/ml` in the command and the environment is replaced by
        the folder. A path in the source of a script cannot be replaced: see `hardcoded`. Only with this strategy, a
        child that starts its own session survives the job.

Nothing is ever written to the host's /opt. If /opt/ml does not exist, the namespace gets its own /opt, which shows the
host's entries and `ml`. Namespaces isolate paths and processes, but not network, memory or rights.
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
from pathlib import Path
from typing import Literal

from msgspec import Struct

from pushtrain.errors import LocalError

VARIABLE = "PUSHTRAIN_SANDBOX"
ROOT = "/opt/ml"
PREFIX = re.compile(r"/opt/ml(?![\w.-])")
SHELL = "/bin/sh"
HOST = "algo-1"  # the name of the only instance of a job

Strategy = Literal["root", "user", "paths"]
STRATEGIES: tuple[Strategy, ...] = ("root", "user", "paths")

# Flags of unshare(1), the best first. A pid namespace also ends children that left the process group. It needs its own
# /proc, which some containers do not allow: without it, only the process group is ended.
PID_FLAGS = ("--pid", "--fork", "--kill-child", "--mount-proc")
FLAGS: dict[Strategy, tuple[tuple[str, ...], ...]] = {
    "root": (("--mount", *PID_FLAGS), ("--mount",)),
    "user": (("--map-root-user", "--mount", *PID_FLAGS), ("--map-root-user", "--mount")),
    "paths": ((),),
}

# Stdin is a pipe to pushtrain (process.py). It closes when pushtrain dies, and then the guard kills the process group.
# The guard is a sibling of the program, not its child: a script that waits for its children must not wait for it.
GUARD = """
exec 3<&0 </dev/null
( trap '' TERM INT HUP; read -r _ <&3; kill -KILL 0 ) >/dev/null 2>&1 &
"""
START = """
trap : TERM INT
"$@" 3<&-
"""
# $1 is the Python environment of the job, $2 an empty folder, $3 the strategy. What a job changes in its environment,
# for example with pip, lies in $2 and ends with the job. A kernel without overlayfs for this file system gets a copy.
PROTECT = """
protect() {
  mkdir -p "$2/changes" "$2/work" || return
  for option in $([ "$3" = root ] && echo index=off userxattr || echo userxattr index=off); do
    mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/changes,workdir=$2/work,$option" "$1" 2>/dev/null && return
  done
  cp -a "$1" "$2/copy" && mount --bind "$2/copy" "$1"
}
if [ -n "$3" ]; then
  protect "$3" "$4" "$5" || { echo "pushtrain: cannot protect the Python environment $3" >&2; exit 125; }
fi
"""
# $1 is the job's folder. The script builds a new /opt in it from the host's entries, then mounts it over the old /opt.
# One mkdir and one mount do this for all names that fstab(5) takes as they are, and each odd name has its own: each
# start of a program takes 2 ms of processor time.
MOUNT = """
odd='*[!A-Za-z0-9._/-]*'
bind() {
  case $1$2 in
    $odd) mount "--$3" "$1" "$2" ;;
    *) mounts="$mounts$1 $2 none $3
" ;;
  esac
}
mount_ml() {
  if [ -d /opt/ml ]; then mount --bind "$1/ml" /opt/ml; return; fi
  mount -t tmpfs -o mode=755 tmpfs "$1/opt" || return
  folders= mounts=
  for entry in /opt/* /opt/.[!.]*; do
    name=$1$entry
    if [ -L "$entry" ]; then cp -P "$entry" "$name"
    elif [ -d "$entry" ]; then
      case $name in $odd) mkdir "$name" ;; *) folders="$folders $name" ;; esac && bind "$entry" "$name" rbind
    elif [ -e "$entry" ]; then : >"$name" && bind "$entry" "$name" bind
    fi || return
  done
  mkdir $folders "$1/opt/ml" && bind "$1/ml" "$1/opt/ml" bind && bind "$1/opt" /opt rbind || return
  printf %s "$mounts" >"$1/fstab" && mount -a -T "$1/fstab"
}
if [ -f "$1/hosts" ]; then
  mount --bind "$1/hosts" /etc/hosts 2>/dev/null || echo "pushtrain: the names in SM_HOSTS do not resolve here" >&2
fi
mount_ml "$1" || { echo "pushtrain: cannot mount the folder of this job at /opt/ml" >&2; exit 125; }
cd "$2" || exit 125
shift 5
"""


class Environment(Struct, frozen=True, kw_only=True):
    """A Python environment that several jobs share, and an empty folder for what one of them changes in it."""

    folder: Path
    scratch: Path


class Sandbox(Struct, frozen=True, kw_only=True):
    """One job's view of the file system. The script sees `folder/ml` under the path `root`."""

    strategy: Strategy
    flags: tuple[str, ...]
    folder: Path

    @property
    def root(self) -> str:
        """The script's path to its folder: /opt/ml, or the folder itself with the strategy `paths`."""
        return str(self.folder / "ml") if self.strategy == "paths" else ROOT

    def rewrite(self, text: str) -> str:
        """Replace every /opt/ml in `text` by `root`."""
        return PREFIX.sub(lambda _: self.root, text)

    def local_path(self, path: str) -> Path:
        """Return the path on this computer for a container path under /opt/ml. Raises ValueError for other paths."""
        relative = Path(os.path.normpath(path)).relative_to(ROOT)
        return self.folder / "ml" / relative

    def wrap(self, argv: Sequence[str], cwd: str, environment: Environment | None = None) -> list[str]:
        """Return the command line that runs `argv` in the sandbox. `cwd` is a path of the container.

        What `argv` changes in `environment` ends with it, but not with the strategy `paths`.
        """
        if self.strategy == "paths":
            return guard(self._rewrite_command(argv))
        script = GUARD + PROTECT + MOUNT + START
        protected = (str(environment.folder), str(environment.scratch)) if environment else ("", "")
        arguments = (str(self.folder), cwd, *protected, self.strategy)
        return ["unshare", *self.flags, SHELL, "-c", script, "pushtrain", *arguments, *argv]

    def _rewrite_command(self, argv: Sequence[str]) -> list[str]:
        """Replace /opt/ml in a command. The folder is escaped in shell code (after `-c` or `-ec`)."""
        escaped_root = re.sub(r"([^\w/.-])", r"\\\1", self.root)
        shell_code = {index + 1 for index, argument in enumerate(argv) if re.fullmatch(r"-[a-z]*c", argument)}
        roots = [escaped_root if index in shell_code else self.root for index in range(len(argv))]
        return [PREFIX.sub(lambda _, root=root: root, argument) for argument, root in zip(argv, roots, strict=True)]  # type: ignore[misc]


def guard(argv: Sequence[str]) -> list[str]:
    """Return a command line for `process.run` that runs `argv` without a sandbox. It dies with this process."""
    return [SHELL, "-c", GUARD + START, "pushtrain", *argv]


def create_sandbox(folder: Path) -> Sandbox:
    """Return the sandbox of the job that owns `folder`. Raises LocalError if PUSHTRAIN_SANDBOX names one that fails."""
    strategy, flags = _choose_strategy(os.environ.get(VARIABLE, ""))
    _prepare(folder)
    return Sandbox(strategy=strategy, flags=flags, folder=folder.resolve())


def _prepare(folder: Path) -> None:
    """Create the folders of /opt and /opt/ml, and the /etc/hosts of a job.

    The name in SM_HOSTS is this computer, as each container resolves its own name.
    """
    for name in ("ml", "opt"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    hosts = Path("/etc/hosts")
    own = hosts.read_text(encoding="utf-8", errors="replace").rstrip("\n") + "\n" if hosts.is_file() else ""
    (folder / "hosts").write_text(f"{own}127.0.0.1 {HOST}\n", encoding="utf-8")


@functools.cache
def _choose_strategy(requested: str) -> tuple[Strategy, tuple[str, ...]]:
    """Return the requested strategy, or the first that works, with its flags. Each try takes some milliseconds."""
    if requested and requested not in STRATEGIES:
        raise LocalError(f"{VARIABLE}={requested}: expected one of {', '.join(STRATEGIES)}")
    for strategy in STRATEGIES:
        for flags in FLAGS[strategy] if requested in {"", strategy} else ():
            if _works(strategy, flags):
                return strategy, flags
    raise LocalError(
        f"{VARIABLE}={requested} does not work on this computer; unset it, and pushtrain chooses one that works"
    )


def _works(strategy: Strategy, flags: tuple[str, ...]) -> bool:
    """Return True if a command in such a sandbox sees a file of its folder under /opt/ml."""
    if strategy == "paths":
        return True
    if sys.platform != "linux" or (strategy == "root" and os.geteuid() != 0) or not shutil.which("unshare"):
        return False
    with tempfile.TemporaryDirectory(prefix="pushtrain-") as name:
        trial = Sandbox(strategy=strategy, flags=flags, folder=Path(name).resolve())
        _prepare(trial.folder)
        (trial.folder / "ml" / "probe").touch()
        argv = trial.wrap(["test", "-e", f"{ROOT}/probe"], "/")
        quiet = subprocess.DEVNULL
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True) as probe:
            return probe.wait() == 0
