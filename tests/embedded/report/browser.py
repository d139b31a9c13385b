"""A headless Chromium as a test drives it: Chrome DevTools Protocol over a pipe, so nothing listens anywhere.

Source: https://chromedevtools.github.io/devtools-protocol/; messages are JSON, each ended by a zero byte.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "about:blank",
]
# The browser reads descriptor 3 and writes descriptor 4.
START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)


class Page:
    """One page. `complaints` is what the console said, `requests` every address that was asked for."""

    def __init__(self, write: int, read: int) -> None:
        self.write, self.read, self.number, self.buffer = write, read, 0, b""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.loaded = False
        (target,) = [t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page"]
        attached = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    session = ""

    def ask(self, method: str, **params: Any) -> Any:
        """The result of a command; events that come before it are taken note of."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]

    def open(self, file: Path, *, width: int = 1000, dark: bool = False, media: str = "screen") -> Self:
        """Open a file and wait until it is there."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=scheme)
        self.complaints, self.requests, self.loaded = [], [], False
        self.ask("Page.navigate", url=file.as_uri())
        while not self.loaded:
            self._next()
        return self

    def resize(self, width: int) -> None:
        """Make the window of a computer as wide. A phone is another device: open the page with its width."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript. The debugger is not held by the page's policy."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def screenshot(self, target: Path) -> None:
        """The whole page as a PNG, for a person to look at."""
        picture = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        target.write_bytes(base64.b64decode(picture["data"]))

    def _next(self) -> Any:
        while b"\0" not in self.buffer:
            read = os.read(self.read, 1 << 16)
            assert read, "the browser went away"
            self.buffer += read
        message, _, self.buffer = self.buffer.partition(b"\0")
        answer = json.loads(message)
        self._note(answer.get("method", ""), answer.get("params", {}))
        return answer

    def _note(self, method: str, params: Any) -> None:
        if method in {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}:
            self.complaints.append(json.dumps(params)[:500])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.loadEventFired":
            self.loaded = True


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """A page of a new browser with an empty profile."""
    assert CHROMIUM
    ours_out, theirs_in = _pipe()
    theirs_out, ours_in = _pipe()
    command = [
        sys.executable,
        "-c",
        START,
        str(theirs_in),
        str(theirs_out),
        CHROMIUM,
        *FLAGS,
        f"--user-data-dir={profile}",
    ]
    with subprocess.Popen(command, pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL) as process:
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            page = Page(ours_out, ours_in)
            yield page
            page.session = ""
            page.ask("Browser.close")
        finally:
            os.close(ours_out)
            os.close(ours_in)
            process.terminate()


def _pipe() -> tuple[int, int]:
    """Write end and read end, above 10, so that 3 and 4 stay free for the browser."""
    read, write = os.pipe()
    high = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (write, read)]
    os.close(read)
    os.close(write)
    return high[0], high[1]
