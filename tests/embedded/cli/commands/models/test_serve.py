"""`models serve`: a model answers until Ctrl-C."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from pushtrain.local.inference.server import ModelServer
from tests.embedded.cli.commands.models.served import fill_with_model, install_nothing

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install_nothing(monkeypatch, tmp_path / "cache")
    return fill_with_model(tmp_path / "store", tmp_path / "temporary")


def test_a_version_is_served_until_ctrl_c(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    def send_and_interrupt(server: ModelServer) -> NoReturn:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("POST", "/invocations", "가".encode(), {"Content-Type": "text/csv"})
        assert connection.getresponse().read().decode() == "w-가"
        connection.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(ModelServer, "wait", send_and_interrupt)
    code, out, err = types("serve", "churn", "--version", "1", "--port", "0")
    assert (code, err) == (0, "모델을 읽음\nstopped\n")
    title, curl, note, stop, request = out.splitlines()
    address = title.rpartition(" ")[2]
    assert title == f"churn version 1 (PendingManualApproval) · {address}"
    assert curl == f"  curl -H 'Content-Type: text/csv' --data-binary @rows.csv {address}/invocations"
    assert note == "  rows.csv stands for a file of yours, with rows as the model was trained on: no header, no label"
    assert stop == "  Ctrl-C stops it"
    assert re.fullmatch(r"200  [0-9.]+ ms  3 bytes in, 5 bytes out", request)


def test_an_image_of_ones_own_is_refused(types: Types) -> None:
    code, out, err = types("serve", "churn", "--port", "0")
    assert (code, out) == (1, "")
    assert err == (
        "the image own:1 is not one of AWS's framework images: what it runs is not known, and this computer starts no "
        "containers. Test it on AWS, with an endpoint or a batch transform job\n"
    )
