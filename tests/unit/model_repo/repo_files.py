"""Folders with the files of a model repo."""

from __future__ import annotations

from pathlib import Path


def make(folder: Path, **files: str) -> Path:
    """Write a config.yaml and `files` (path=text) into a folder, and return it."""
    for name, text in {"config.yaml": "model: m\n", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
