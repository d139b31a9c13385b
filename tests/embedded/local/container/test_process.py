"""The processes of a job: their output, and that none of them survives the job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pushtrain.local.container import process
from tests.embedded.local.container.bench import Bench, list_processes


def test_long_lines_and_binary_output_are_kept_readable(bench: Bench) -> None:
    script = r"""
import sys
sys.stdout.buffer.write(b"\xff\xfe\x00 garbage\n" + b"x" * 200_000 + b"\n" + "가".encode()[:2] + b"\n10%\r20%\r\nend")
"""
    assert bench.train(script).status == "Completed"
    assert bench.lines[0] == "\ufffd\ufffd\x00 garbage"
    assert max(map(len, bench.lines)) == process.LONGEST_LINE
    assert sum(line.count("x") for line in bench.lines) == 200_000
    assert bench.lines[-5:-1] == ["\ufffd", "10%", "20%", "end"]


@pytest.mark.parametrize("start", ["", "start_new_session=True"])
def test_children_do_not_outlive_the_job(bench: Bench, strategy: str, start: str) -> None:
    if strategy == "paths" and start:
        pytest.skip("without a pid namespace a child with a session of its own cannot be found")
    mark = f"outlives-{os.getpid()}-{bench.home.parent.name}"
    script = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "{mark}"], {start})
"""
    began = time.monotonic()
    assert bench.train(script).status == "Completed"
    assert time.monotonic() - began < 20
    assert not list_processes(mark)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_pushtrain_takes_its_script_with_it(tmp_path: Path, strategy: str) -> None:
    mark = f"killed-parent-{os.getpid()}-{tmp_path.name}"
    leave = "" if strategy == "paths" else "import os; os.setsid(); "  # a pid namespace holds even that
    program = f"""
import sys, threading
from pathlib import Path
from pushtrain.local.container import process, sandbox
view = sandbox.create_sandbox(Path({str(tmp_path)!r}))
argv = [sys.executable, "-uc", "{leave}import time; print('up'); time.sleep(60)", "{mark}"]
process.run(view.wrap(argv, "/opt/ml"), environment={{"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}},
            cwd=Path("/"), stop=threading.Event(), on_line=lambda line: print(line, flush=True))
"""
    argv = [sys.executable, "-c", program]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        script = [pid for pid in list_processes(mark) if pid != parent.pid]
        assert script
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while alive := [pid for pid in script if pid in list_processes(mark)]:
        assert time.monotonic() < deadline, alive
