"""One synthesis of the platform.

The CDK is imported here and in tests, by name, when they run: it takes 2 s and starts node, while every worker collects
the tests of this folder and one runs them.
"""

from __future__ import annotations

from pathlib import Path


def write_assembly(settings: Path, bundle: Path, folder: Path, *, warn: bool = False) -> None:
    """Write the cloud assembly of an environment. Raises RuntimeError where cdk-nag finds what nobody has answered."""
    from infra.app import build_app

    build_app(settings, bundle, str(folder), warn=warn).synth()
