"""Start quickly: import only what is needed, and name the extra to install if moto is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.aws import up
from tests.embedded.conftest import REPOS
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


def test_a_run_loads_neither_boto3_nor_moto_except_its_interpreter(folder: Path) -> None:
    code = (
        "import sys; from pushtrain.local.run import run\n"
        f"print(run({str(REPOS / 'plain')!r}, store={str(folder / 'store')!r}).outcome)\n"
        "heavy = ('boto3', 'botocore.client', 'moto.core.responses', 'moto.s3.models', 'requests', 'urllib3')\n"
        "print([name for name in heavy if name in sys.modules], 'moto.stepfunctions.parser.asl' in sys.modules)\n"
        "from pushtrain.local.startup import import_moto; import_moto(); import moto.core.models\n"
        "from moto.stepfunctions.models import StateMachineDoesNotExist\n"
        "print(StateMachineDoesNotExist('gone').code)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == "registered\n[] True\n400\n"


def test_without_moto_the_extra_to_install_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto.s3.responses", None)
    with pytest.raises(LocalError) as raised, up(folder, PLATFORM):
        pass
    assert (
        str(raised.value)
        == "embedded AWS is not installed (moto.s3.responses is missing): pip install 'pushtrain[local]'"
    )


def test_a_run_without_moto_names_the_extra_before_anything_is_stored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "moto"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("pushtrain.local.startup.PathFinder.find_spec", lambda *_: None)
    with pytest.raises(LocalError) as raised, up(folder, PLATFORM, load_moto=False):
        pass
    assert str(raised.value) == "embedded AWS is not installed (moto is missing): pip install 'pushtrain[local]'"
