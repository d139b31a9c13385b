"""Scripts that contain /opt/ml, in a sandbox that cannot provide this path."""

from __future__ import annotations

import pytest

from pushtrain.catalog.job_kinds import PROCESSING
from pushtrain.local.container import sandbox
from tests.embedded.local.container.bench import Bench, pack


def test_hard_coded_paths_are_refused_by_file_and_line_where_they_cannot_be_had(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sandbox.VARIABLE, "paths")
    script = '"""Reads /opt/ml/processing."""\n# /opt/ml\nimport helper\n'
    code = {"preprocessing.py": script, "helper.py": "\n\nBASE = '/opt/ml/processing'\n", "train.py": "'/opt/ml'"}
    bench.put("job/sourcedir.tar.gz", pack(code))
    reason = bench.run(PROCESSING, bench.processing_request("job")).failure_reason
    assert reason is not None
    assert "helper.py:3 holds the path /opt/ml" in reason
    bench.put("second/sourcedir.tar.gz", pack({"preprocessing.py": "", "train.py": "x = '/opt/ml'"}))
    assert bench.run(PROCESSING, bench.processing_request("second")).status == "Completed"
    assert bench.train("\ndefault = '/opt/ml/model'").status == "Completed"
    assert any("train.py:2 holds the path /opt/ml" in line for line in bench.lines)
