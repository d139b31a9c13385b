"""The HTTP server by itself. tests/embedded/local/inference/test_server.py starts it as a process."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pushtrain.local.inference.server_program import http_server


def test_a_port_that_is_taken_and_a_model_that_does_not_load_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with http_server.Server(0, "t") as server:
        port = server.server_port
        monkeypatch.setattr(sys, "argv", ["server", "sklearn", str(port), "m", str(tmp_path), "inference", "token", ""])
        with pytest.raises(SystemExit, match="1"):
            http_server.main()
    line = capsys.readouterr().out.strip()
    assert json.loads(line.removeprefix("token ")) == {"failed": f"port {port} cannot be used: Address already in use"}
    with pytest.raises(SystemExit, match="1"):
        http_server.main()
    line = capsys.readouterr().out.strip()
    assert json.loads(line.removeprefix("token "))["failed"].startswith("the model has no code/inference.py")
