"""Start quickly: import only what is needed, and name the extra to install if moto is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.aws import up
from tests.embedded.local.conftest import PLATFORM


def test_starting_does_not_load_what_nobody_needs(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pushtrain.aws import client\n"
        "from pushtrain.local.aws import up; from pushtrain.platform import Platform\n"
        f"with up(Path({str(folder)!r}), Platform.local(), handlers={{}}):\n"
        "    client('s3').create_bucket(Bucket='lake')\n"
        "    heavy = ('moto.ec2.models', 'moto.batch.utils', 'moto.moto_server.werkzeug_app', 'flask')\n"
        "    print([m for m in heavy if m in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"


def test_without_moto_the_extra_to_install_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto.s3.responses", None)
    with pytest.raises(LocalError) as raised, up(folder, PLATFORM):
        pass
    assert (
        str(raised.value)
        == "embedded AWS is not installed (moto.s3.responses is missing): pip install 'pushtrain[local]'"
    )
