"""Finding: the keys that `doctor --json` prints."""

from __future__ import annotations

from pushtrain.doctor.finding import Finding


def test_the_keys_of_the_document_stay() -> None:
    finding = Finding.wrong("code bucket", "there is no bucket x", "deploy again")
    assert finding.to_document() == {
        "check": "code bucket",
        "state": "wrong",
        "found": "there is no bucket x",
        "fix": "deploy again",
    }
    assert Finding.note("cache", "old").to_document()["fix"] == ""
