"""stdout and stderr that are closed or full, and other limits of this computer, as one line instead of a bug.

In: the standard streams of this process, or an OSError. Out: streams that can be written, or a line of text.
"""

from __future__ import annotations

import errno
import os
import sys

# What a person can change: space, rights, open files, names. Other OSErrors are bugs of ours.
LIMITS = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EBADF),
        *(errno.EMFILE, errno.ENFILE, errno.ENAMETOOLONG, errno.ELOOP),
    }
)
lost_writes: list[OSError] = []  # errors of writes for people that did not stop their command


def open_closed_streams() -> None:
    """Open /dev/null for stdout and stderr if they are closed (`pushtrain ... >&-`).

    Otherwise the next file that is opened, such as the store, would get their number and what is printed.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, open(descriptor, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - open until the end


def discard_stdout() -> None:
    """Send what is still to be written to /dev/null, so that the interpreter's last flush does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def describe_limit(error: OSError) -> str:
    """Return a line about a limit of this computer, such as a full disk; empty if the error is none."""
    if error.errno not in LIMITS:
        return ""
    subject = "the output" if error.filename is None else str(error.filename)
    return f"{subject} cannot be used: {os.strerror(error.errno)}. Free some space, or change the file or its rights"
