"""The environment variables of a script."""

from __future__ import annotations

import json
import os

from pushtrain.catalog.job_kinds import PROCESSING
from pushtrain.local.endpoint import build_aws_variables
from tests.embedded.local.container.bench import SHOW, Bench, pack, read_printed_document


def test_the_users_keys_never_reach_a_script_and_the_endpoint_does(bench: Bench) -> None:
    request = bench.processing_request("job")
    bench.put("job/sourcedir.tar.gz", pack({"preprocessing.py": SHOW}))
    bench.run(PROCESSING, request, aws_variables=build_aws_variables("http://127.0.0.1:9"))
    env = read_printed_document(bench)["env"]
    assert "secret-of-the-user" not in json.dumps(env)
    assert env["AWS_SHARED_CREDENTIALS_FILE"] == env["AWS_CONFIG_FILE"] == os.devnull
    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"
    bench.lines.clear()
    isolated = request | {"ProcessingJobName": "isolated", "NetworkConfig": {"EnableNetworkIsolation": True}}
    bench.run(PROCESSING, isolated, aws_variables=build_aws_variables("http://127.0.0.1:9"))
    env = read_printed_document(bench)["env"]
    assert not {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID"} & set(env)
    assert "secret-of-the-user" not in json.dumps(env)


def test_threads_that_wait_leave_the_cores_to_other_jobs_unless_the_config_says_otherwise(bench: Bench) -> None:
    """Two trials at a time on two cores took twice the processor time when their threads of OpenMP spun."""
    bench.put("job/sourcedir.tar.gz", pack({"preprocessing.py": SHOW}))
    request = bench.processing_request("job")
    bench.run(PROCESSING, request)
    env = read_printed_document(bench)["env"]
    assert (env["OMP_WAIT_POLICY"], env["OPENBLAS_THREAD_TIMEOUT"]) == ("PASSIVE", "4")
    bench.lines.clear()
    environment = request.get("Environment", {}) | {"OMP_WAIT_POLICY": "ACTIVE"}
    bench.run(PROCESSING, request | {"ProcessingJobName": "active", "Environment": environment})
    assert read_printed_document(bench)["env"]["OMP_WAIT_POLICY"] == "ACTIVE"
