"""What training scripts call of sagemaker_containers, in an interpreter that has the stand-ins alone."""

from __future__ import annotations

import subprocess
import sys

from pushtrain.local.container.stand_in_packages import SOURCE


def run(code: str) -> subprocess.CompletedProcess[str]:
    path = f"import sys; sys.path.append({str(SOURCE)!r})\n"
    environment = {"SM_TRAINING_ENV": '{"num_gpus": 0}'}
    return subprocess.run(
        [sys.executable, "-c", path + code], capture_output=True, text=True, check=False, env=environment
    )


def test_hosts_resolve_at_once() -> None:
    assert run("from sagemaker_containers import entry_point; entry_point._wait_hostname_resolution()").returncode == 0


def test_the_settings_of_the_job_and_the_names_of_endpoints_can_be_imported() -> None:
    code = "from sagemaker_containers.beta.framework import encoders, env, training_env, worker\n"
    assert run(f"{code}print(env.TrainingEnv().num_gpus, training_env().num_gpus)").stdout == "0 0\n"
    error = "worker.Response of sagemaker_containers works in an endpoint only, not in a job"
    assert error in run(f"{code}worker.Response()").stderr
    error = "the stand-in for sagemaker_containers.beta.framework has no 'nothing'"
    assert error in run("import sagemaker_containers.beta.framework as f; f.nothing").stderr
