"""What a person's script sees and what it leaves, for both kinds of job, in every sandbox that works here."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pushtrain.errors import LocalError
from pushtrain.local.container import process, sandbox
from pushtrain.local.container.jobs import JobResult, run_job
from pushtrain.local.endpoint import build_aws_variables

BUCKET = "bucket"
ROLE = "arn:aws:iam::123456789012:role/job"
UNPACK = 'cd /opt/ml/processing/input/code && tar -xzf sourcedir.tar.gz && exec python3 "$0" "$@"'


def works(strategy: str) -> bool:
    try:
        sandbox._choose_strategy(strategy)
    except LocalError:
        return False
    return True


STRATEGIES = [
    pytest.param(name, marks=pytest.mark.skipif(not works(name), reason=f"{name} does not work here"))
    for name in sandbox.STRATEGIES
]


def archive(files: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return target.getvalue()


class Bench:
    """One embedded S3 and the jobs run against it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.s3 = boto3.client("s3", region_name="us-east-1")
        self.s3.create_bucket(Bucket=BUCKET)
        self.lines: list[str] = []
        self.stop = threading.Event()
        self.on_line: Callable[[str], None] = self.lines.append

    def put(self, key: str, body: str | bytes = "") -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def keys(self, prefix: str = "") -> list[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [entry["Key"] for entry in found]

    def text(self, key: str) -> str:
        return str(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())

    def members(self, key: str) -> dict[str, str]:
        body = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as tar:
            return {
                m.name: tar.extractfile(m).read().decode()  # type: ignore[union-attr]
                for m in tar
                if m.isreg()
            }

    def train(self, script: str, *, files: Mapping[str, str] | None = None, **more: Any) -> JobResult:
        self.put("source/sourcedir.tar.gz", archive({"train.py": script, **(files or {})}))
        parameters = {
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": json.dumps(f"s3://{BUCKET}/source/sourcedir.tar.gz"),
        }
        more["HyperParameters"] = parameters | more.get("HyperParameters", {})
        request = {
            "TrainingJobName": "job",
            "RoleArn": ROLE,
            "AlgorithmSpecification": {"TrainingImage": "custom", "TrainingInputMode": "File"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        }
        return self.run("training", request | more)

    def process(self, script: str, *, name: str = "job", **more: Any) -> JobResult:
        self.put(f"{name}/sourcedir.tar.gz", archive({"preprocessing.py": script}))
        return self.run("processing", self.processing_request(name) | more)

    def processing_request(self, name: str) -> dict[str, Any]:
        return {
            "ProcessingJobName": name,
            "RoleArn": ROLE,
            "AppSpecification": {
                "ImageUri": "custom",
                "ContainerEntrypoint": ["/bin/bash", "-ec", UNPACK, "preprocessing.py"],
                "ContainerArguments": ["--x", "1"],
            },
            "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1}},
            "ProcessingInputs": [given("code", f"{name}/sourcedir.tar.gz", "input/code")],
            "ProcessingOutputConfig": {"Outputs": [made("x", f"{name}/out/x/")]},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        }

    def run(self, kind: Any, request: Mapping[str, Any], **more: Any) -> JobResult:
        folder = self.home / request.get("TrainingJobName", request.get("ProcessingJobName"))
        return run_job(kind, request, s3=self.s3, folder=folder, stop=self.stop, on_line=self.on_line, **more)


def given(name: str, key: str, place: str, **more: Any) -> dict[str, Any]:
    source = {"S3Uri": f"s3://{BUCKET}/{key}", "LocalPath": f"/opt/ml/processing/{place}", "S3DataType": "S3Prefix"}
    return {"InputName": name, "S3Input": source | {"S3InputMode": "File"} | more}


def made(name: str, key: str) -> dict[str, Any]:
    target = {"S3Uri": f"s3://{BUCKET}/{key}", "LocalPath": f"/opt/ml/processing/{name}"}
    return {"OutputName": name, "S3Output": target | {"S3UploadMode": "EndOfJob"}}


def channel(name: str, key: str, **source: Any) -> dict[str, Any]:
    found = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{key}"} | source
    return {"ChannelName": name, "DataSource": {"S3DataSource": found}}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "secret-of-the-user")
    with mock_aws():
        yield Bench(tmp_path / "jobs with space")


@pytest.fixture(params=STRATEGIES)
def strategy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(sandbox.VARIABLE, request.param)
    return str(request.param)


READ_AND_WRITE = """
import os, pathlib, json
data = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"])
names = sorted(p.relative_to(data).as_posix() for p in data.rglob("*") if p.is_file())
model = pathlib.Path(os.environ["SM_MODEL_DIR"])
(model / "model.json").write_text(json.dumps(names))
pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"], "plot.txt").write_text("plot")
print("cwd", os.getcwd()); print("accuracy=0.5"); print("accuracy=0.75 loss=nan")
"""


def test_training_reads_channels_and_stores_its_model(bench: Bench, strategy: str) -> None:
    for key in ("data/train/a.csv", "data/train/깊은 곳/한 글.csv", "data/train/"):
        bench.put(key)
    definitions = [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}, {"Name": "loss", "Regex": "loss=(\\S+)"}]
    result = bench.train(
        READ_AND_WRITE,
        InputDataConfig=[channel("train", "data/train/")],
        AlgorithmSpecification={"TrainingImage": "custom", "MetricDefinitions": definitions},
    )
    assert (result.status, result.secondary_status, result.exit_code) == ("Completed", "Completed", 0)
    assert result.artifacts == f"s3://{BUCKET}/out/job/output/model.tar.gz"
    model = bench.members("out/job/output/model.tar.gz")
    assert json.loads(model["model.json"]) == ["a.csv", "깊은 곳/한 글.csv"]
    assert bench.members("out/job/output/output.tar.gz") == {"plot.txt": "plot"}
    assert [metric[:2] for metric in result.metrics] == [("accuracy", 0.75)]
    assert (bench.home / "job" / "log.txt").read_text().splitlines() == bench.lines
    if strategy != "paths":
        assert "cwd /opt/ml/code" in bench.lines


def test_processing_reads_inputs_and_stores_outputs_under_their_names(bench: Bench, strategy: str) -> None:
    bench.put("raw/in put.csv", "1,2")
    script = """
import os, pathlib, sys
base = pathlib.Path(os.environ["BASE"])
text = (base / "input/raw/in put.csv").read_text()
(base / "x" / "가 나").mkdir()
(base / "x" / "가 나" / "결과 1.csv").write_text(text + repr(sys.argv[1:]))
(base / "x" / "empty").mkdir()
(base / "x" / "link.csv").symlink_to(base / "input/raw/in put.csv")
(base.parent / "output" / "message").write_text("끝")
"""
    request = bench.processing_request("job")
    inputs = [*request["ProcessingInputs"], given("raw", "raw/", "input/raw")]
    result = bench.process(script, ProcessingInputs=inputs, Environment={"BASE": "/opt/ml/processing"})
    assert result.status == "Completed", bench.lines
    assert bench.keys("job/out/") == ["job/out/x/가 나/결과 1.csv"]
    assert bench.text("job/out/x/가 나/결과 1.csv") == "1,2['--x', '1']"
    assert result.exit_message == "끝"


@pytest.mark.parametrize("strategy", STRATEGIES[:2])
def test_two_jobs_at_once_write_the_same_path_and_never_meet(
    bench: Bench, strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sandbox.VARIABLE, strategy)
    barrier = bench.home / "barrier"
    barrier.mkdir(parents=True)
    script = f"""
import json, pathlib, time
name = json.load(open("/opt/ml/config/processingjobconfig.json"))["ProcessingJobName"]
pathlib.Path("/opt/ml/processing/x/who.txt").write_text(name)
(pathlib.Path({str(barrier)!r}) / name).touch()
while len(list(pathlib.Path({str(barrier)!r}).iterdir())) < 2: time.sleep(0.01)
assert pathlib.Path("/opt/ml/processing/x/who.txt").read_text() == name
"""
    threads = [threading.Thread(target=bench.process, args=(script,), kwargs={"name": n}) for n in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [bench.text(f"{name}/out/x/who.txt") for name in ("one", "two")] == ["one", "two"]


def test_a_raising_script_fails_with_its_last_line_and_exit_code(bench: Bench, strategy: str) -> None:
    result = bench.train("raise ValueError('no good')")
    assert result.status == "Failed"
    assert result.failure_reason == "AlgorithmError: ValueError: no good, exit code: 1"
    assert bench.keys("out/") == []


def test_the_exit_code_is_kept(bench: Bench, strategy: str) -> None:
    assert bench.process("import sys; sys.exit(3)").exit_code == 3
    killed = bench.train("import os; os.kill(os.getpid(), 9)")
    assert killed.exit_code == 137
    assert str(killed.failure_reason).endswith(", exit code: 137")


def test_the_failure_file_is_the_reason_and_fits(bench: Bench) -> None:
    script = "open('/opt/ml/output/failure', 'w').write('가' * 5000); raise SystemExit(7)"
    reason = bench.train(script).failure_reason
    assert reason is not None
    assert len(reason) == 1024
    assert reason.startswith("AlgorithmError: 가가")
    assert reason.endswith("가, exit code: 7")


SLOW = """
import signal, sys, time, pathlib, os
def end(*_):
    time.sleep(0.3)  # the grace is there to be used
    pathlib.Path(os.environ["SM_MODEL_DIR"], "saved").write_text("in time")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("running", flush=True)
time.sleep(60)
"""


def test_the_time_limit_stops_a_job_which_may_save_its_model(bench: Bench, strategy: str) -> None:
    result = bench.train(SLOW, StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert (result.status, result.secondary_status) == ("Stopped", "MaxRuntimeExceeded")
    assert bench.members("out/job/output/model.tar.gz") == {"saved": "in time"}


def stop_when_running(bench: Bench) -> None:
    def listen(line: str) -> None:
        bench.lines.append(line)
        if line == "running":
            bench.stop.set()

    bench.on_line = listen


def test_stop_ends_a_script_that_will_not_end(bench: Bench, strategy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.2)
    stop_when_running(bench)
    ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('running'); time.sleep(60)"
    result = bench.train(ignore)
    assert (result.status, result.secondary_status, result.failure_reason) == ("Stopped", "Stopped", None)
    assert result.ended_at - result.started_at < 20


def test_stop_before_the_start_runs_nothing(bench: Bench) -> None:
    bench.stop.set()
    result = bench.train("print('running')")
    assert (result.status, result.exit_code, bench.lines) == ("Stopped", None, [])


def test_missing_data_fails_naming_the_uri(bench: Bench) -> None:
    result = bench.train("", InputDataConfig=[channel("train", "nothing/")])
    assert result.failure_reason == (
        'ClientError: No S3 objects found under S3 URL "s3://bucket/nothing/" given in input data source'
    )
    gone = channel("train", "x/", S3Uri="s3://no-such-bucket/x/")
    reason = bench.train("", InputDataConfig=[gone]).failure_reason
    assert reason == "ClientError: Data download failed: NoSuchBucket: s3://no-such-bucket/x/"


def test_a_prefix_that_takes_in_its_sibling_is_refused(bench: Bench) -> None:
    bench.put("data/train/a")
    bench.put("data/train_labels/b")
    reason = bench.train("", InputDataConfig=[channel("train", "data/train")]).failure_reason
    assert reason == "ClientError: the prefix 'data/train' also matches 'data/train_labels/b'; end it with '/'"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            {"S3DataType": "ManifestFile"},
            "ClientError: channel train: S3DataType ManifestFile does not work in a local run",
        ),
        (
            {"S3DataType": "AugmentedManifestFile"},
            "ClientError: channel train: S3DataType AugmentedManifestFile does not work in a local run",
        ),
    ],
)
def test_what_training_cannot_do_here_is_refused(bench: Bench, source: dict[str, str], said: str) -> None:
    reason = bench.train("", InputDataConfig=[channel("train", "x/", **source)]).failure_reason
    assert reason == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"InputMode": "Pipe"}, "ClientError: channel train: InputMode Pipe does not work in a local run"),
        ({"CompressionType": "Gzip"}, "ClientError: channel train: CompressionType Gzip does not work in a local run"),
        (
            {"RecordWrapperType": "RecordIO"},
            "ClientError: channel train: RecordWrapperType RecordIO does not work in a local run",
        ),
        (
            {"DataSource": {"FileSystemDataSource": {}}},
            "ClientError: channel train: a local run reads from S3 only (S3DataSource)",
        ),
    ],
)
def test_unsupported_channels_are_refused(bench: Bench, more: dict[str, Any], said: str) -> None:
    reason = bench.train("", InputDataConfig=[channel("train", "x/") | more]).failure_reason
    assert reason == said


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            given("a", "x/", "a", S3InputMode="Pipe"),
            "ClientError: input a: S3InputMode Pipe does not work in a local run",
        ),
        (
            given("a", "x/", "a", S3CompressionType="Gzip"),
            "ClientError: input a: S3CompressionType Gzip does not work in a local run",
        ),
        (
            given("a", "x/", "a", S3DataType="ManifestFile"),
            "ClientError: input a: S3DataType ManifestFile does not work in a local run",
        ),
        (
            {"InputName": "a", "DatasetDefinition": {}},
            "ClientError: input a: a local run reads from S3 only, and not AppManaged",
        ),
        (
            given("a", "x/", "../../../etc"),
            "ClientError: the path '/opt/ml/processing/../../../etc' does not lie under /opt/ml",
        ),
    ],
)
def test_unsupported_inputs_are_refused(bench: Bench, item: dict[str, Any], said: str) -> None:
    reason = bench.process("", ProcessingInputs=[item]).failure_reason
    assert reason == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"HyperParameters": {"sagemaker_program": ""}},
            (
                "ClientError: the image 'custom' brings its own program, which a local run cannot start; give "
                "ContainerEntrypoint, or a script (hyperparameters sagemaker_program, sagemaker_submit_directory)"
            ),
        ),
        (
            {"HyperParameters": {"sagemaker_program": '"other.py"'}},
            "ClientError: the script 'other.py' is not in sagemaker_submit_directory",
        ),
        (
            {"HyperParameters": {"sagemaker_submit_directory": '"/opt/ml/input/data/code/x.tar.gz"'}},
            (
                "ClientError: sagemaker_submit_directory is '/opt/ml/input/data/code/x.tar.gz', and no channel "
                "brought such a file"
            ),
        ),
        (
            {"HyperParameters": {"sagemaker_submit_directory": '"code.tar.gz"'}},
            'ClientError: "code.tar.gz" is not an S3 URI',
        ),
        (
            {"OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out", "CompressionType": "NONE"}},
            "ClientError: OutputDataConfig.CompressionType NONE does not work in a local run",
        ),
        (
            {"OutputDataConfig": {"S3OutputPath": "s3://no-such-bucket/out"}},
            "ClientError: Data upload failed: NoSuchBucket: s3://no-such-bucket/out/job/output/model.tar.gz",
        ),
        (
            {"AlgorithmSpecification": {"MetricDefinitions": [{"Name": "loss", "Regex": "("}]}},
            ("ClientError: metric loss: the regex '(' is invalid: missing ), unterminated subpattern at position 0"),
        ),
        (
            {"HyperParameters": {"separator": '"\\u0000"'}},
            "ClientError: a NUL character cannot be part of an argument or an environment variable",
        ),
    ],
)
def test_what_a_training_job_is_refused_for(bench: Bench, more: dict[str, Any], said: str) -> None:
    more.setdefault("AlgorithmSpecification", {})["TrainingImage"] = "custom"
    assert bench.train("open('/opt/ml/model/m', 'w')", **more).failure_reason == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"AppSpecification": {"ImageUri": "mine"}},
            (
                "ClientError: the image 'mine' brings its own program, which a local run cannot start; give "
                "AppSpecification.ContainerEntrypoint"
            ),
        ),
        (
            {"ProcessingOutputConfig": {"Outputs": [{"OutputName": "x", "FeatureStoreOutput": {}}]}},
            "ClientError: output x: a local run writes to S3 only",
        ),
        (
            {
                "ProcessingInputs": [given("a", "x/", "a", S3DataDistributionType="ShardedByS3Key")],
                "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2}},
            },
            "ClientError: input a: ShardedByS3Key over several instances does not work in a local run",
        ),
    ],
)
def test_what_a_processing_job_is_refused_for(bench: Bench, more: dict[str, Any], said: str) -> None:
    assert bench.process("", **more).failure_reason == said


def test_packages_that_cannot_be_installed_fail_the_job(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object, **__: object) -> Path:
        raise LocalError("no index")

    monkeypatch.setattr("pushtrain.local.container.environments.python_for", refuses)
    reason = bench.train("", files={"requirements.txt": "tiny"}).failure_reason
    assert reason == "AlgorithmError: InstallRequirementsError: no index"


def test_a_key_that_is_a_file_and_a_folder_is_refused(bench: Bench) -> None:
    bench.put("x/a", "1")
    bench.put("x/a/b", "2")
    assert (
        bench.train("", InputDataConfig=[channel("train", "x/")]).failure_reason
        == "ClientError: the object key 'x/a/b' is a file and a folder at once"
    )


def test_code_that_is_no_archive_or_leaves_it_is_refused(bench: Bench) -> None:
    bench.put("job/sourcedir.tar.gz", b"no archive")
    assert bench.run("processing", bench.processing_request("job")).failure_reason == (
        "ClientError: sourcedir.tar.gz is not a tar archive"
    )
    bench.put("evil.tar.gz", archive({"../evil": ""}))
    source = {"sagemaker_submit_directory": f"s3://{BUCKET}/evil.tar.gz"}
    assert (
        bench.train("", HyperParameters=source).failure_reason
        == "ClientError: the archive holds '../evil', which lies outside of it"
    )


def test_sharding_is_the_whole_on_one_instance_and_refused_on_two(bench: Bench) -> None:
    bench.put("x/a", "")
    sharded = [channel("train", "x/", S3DataDistributionType="ShardedByS3Key")]
    assert bench.train("", InputDataConfig=sharded).status == "Completed"
    two = {"InstanceType": "ml.m5.large", "InstanceCount": 2}
    reason = bench.train("", InputDataConfig=sharded, ResourceConfig=two).failure_reason
    assert reason == "ClientError: channel train: ShardedByS3Key over several instances does not work in a local run"
    bench.lines.clear()
    assert bench.train("", ResourceConfig=two).status == "Completed"
    assert bench.lines[0] == "pushtrain: the job has 2 instances; on this computer it runs on one, algo-1"


SHOW = """
import json, os, sys
print(json.dumps({"argv": sys.argv[1:], "env": dict(os.environ)}))
"""


def shown(bench: Bench) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(next(line for line in bench.lines if line.startswith("{")))
    return loaded


def test_arguments_and_variables_are_those_of_the_toolkit(bench: Bench) -> None:
    bench.put("x/a", "")
    parameters = {
        "lr": "0.1", "c": "2", "flag": "true", "name": '"plain"', "raw": "plain text", "layers": "[1, 2]",
        "map": '{"b": 1, "a": 2}', "learning-rate": "1e-3", "none": "null", "sagemaker_mpi_enabled": "false",
    }  # fmt: skip
    result = bench.train(SHOW, HyperParameters=parameters, InputDataConfig=[channel("my-data", "x/")])
    assert result.status == "Completed"
    argv = shown(bench)["argv"]
    assert argv == [
        "-c", "2", "--flag", "True", "--layers", "[1, 2]", "--learning-rate", "0.001", "--lr", "0.1",
        "--map", "a=2,b=1", "--name", "plain", "--none", "", "--raw", "plain text",
    ]  # fmt: skip
    env = shown(bench)["env"]
    assert env["SM_CHANNEL_MY-DATA"] == "/opt/ml/input/data/my-data"
    assert env["SM_CHANNELS"] == '["my-data"]'
    assert env["SM_HP_LEARNING-RATE"] == "0.001"
    assert env["SM_HP_NAME"] == "plain"
    assert json.loads(env["SM_HPS"])["layers"] == [1, 2]
    assert json.loads(env["SM_USER_ARGS"]) == argv
    assert env["SM_MODULE_NAME"] == "train"
    assert env["SM_USER_ENTRY_POINT"] == "train.py"
    assert env["SM_CURRENT_HOST"] == "algo-1"
    assert env["SM_HOSTS"] == '["algo-1"]'
    assert env["SM_FRAMEWORK_PARAMS"] == '{"sagemaker_mpi_enabled":false}'
    assert json.loads(env["SM_TRAINING_ENV"])["hyperparameters"]["lr"] == 0.1
    assert int(env["SM_NUM_CPUS"]) == os.cpu_count()
    assert env["TRAINING_JOB_NAME"] == "job"
    assert env["TRAINING_JOB_ARN"] == "arn:aws:sagemaker:us-east-1:123456789012:training-job/job"


def test_the_users_keys_never_reach_a_script_and_the_endpoint_does(bench: Bench) -> None:
    request = bench.processing_request("job")
    bench.put("job/sourcedir.tar.gz", archive({"preprocessing.py": SHOW}))
    bench.run("processing", request, aws_variables=build_aws_variables("http://127.0.0.1:9"))
    env = shown(bench)["env"]
    assert "secret-of-the-user" not in json.dumps(env)
    assert env["AWS_SHARED_CREDENTIALS_FILE"] == env["AWS_CONFIG_FILE"] == os.devnull
    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"
    bench.lines.clear()
    isolated = request | {"NetworkConfig": {"EnableNetworkIsolation": True}}
    bench.run("processing", isolated, aws_variables=build_aws_variables("http://127.0.0.1:9"))
    env = shown(bench)["env"]
    assert not {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID"} & set(env)
    assert "secret-of-the-user" not in json.dumps(env)


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
    assert not running(mark)


def running(mark: str) -> list[int]:
    """Processes of this machine whose command line holds `mark`, without this one's own."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in file.read_bytes():
                found.append(int(file.parent.name))
        except OSError:
            continue
    return found


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
        script = [pid for pid in running(mark) if pid != parent.pid]
        assert script
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while alive := [pid for pid in script if pid in running(mark)]:
        assert time.monotonic() < deadline, alive


def test_nothing_is_left_on_the_machine(bench: Bench, strategy: str) -> None:
    before = (sorted(Path("/opt").iterdir()), Path("/proc/self/mounts").read_text())
    assert bench.train("open('/tmp/../tmp/x', 'a').close(); open('rel', 'w')").status == "Completed"
    assert (sorted(Path("/opt").iterdir()), Path("/proc/self/mounts").read_text()) == before
    assert sorted(path.name for path in (bench.home / "job").iterdir()) == ["log.txt", "ml"]


SOURCE = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/source/sourcedir.tar.gz"}
CODE_CHANNEL = [{"ChannelName": "code", "DataSource": {"S3DataSource": SOURCE}}]


def test_an_isolated_container_takes_its_code_from_a_channel(bench: Bench) -> None:
    script = "import os; print(os.listdir('/opt/ml/input/data/code'), os.environ['SM_MODULE_DIR'])"
    source = {"sagemaker_submit_directory": '"/opt/ml/input/data/code/sourcedir.tar.gz"'}
    result = bench.train(script, HyperParameters=source, InputDataConfig=CODE_CHANNEL, EnableNetworkIsolation=True)
    assert result.status == "Completed", bench.lines
    assert "['sourcedir.tar.gz'] /opt/ml/input/data/code/sourcedir.tar.gz" in bench.lines
    lost = bench.train(script, TrainingJobName="lost", HyperParameters=source)
    assert "no channel brought such a file" in str(lost.failure_reason)


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a/../../evil.py"])
def test_a_source_archive_that_escapes_is_refused(bench: Bench, name: str) -> None:
    result = bench.train("", files={name: "x"})
    assert result.failure_reason is not None
    assert "lies outside of it" in result.failure_reason
    assert not list(bench.home.rglob("evil.py"))


def test_a_link_out_of_the_archive_is_refused(bench: Bench) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    bench.put("evil.tar.gz", target.getvalue())
    source = {"sagemaker_submit_directory": f"s3://{BUCKET}/evil.tar.gz"}
    reason = bench.train("", HyperParameters=source).failure_reason
    assert reason == "ClientError: the archive cannot be unpacked: 'link' is a link to an absolute path"


def test_object_keys_that_climb_are_refused(bench: Bench) -> None:
    bench.put("x/../../evil", "")
    reason = bench.train("", InputDataConfig=[channel("train", "x/")]).failure_reason
    assert reason == "ClientError: the object key 'x/../../evil' cannot be a file name"


def test_hard_coded_paths_are_refused_by_file_and_line_where_they_cannot_be_had(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sandbox.VARIABLE, "paths")
    script = '"""Reads /opt/ml/processing."""\n# /opt/ml\nimport helper\n'
    code = {"preprocessing.py": script, "helper.py": "\n\nBASE = '/opt/ml/processing'\n", "train.py": "'/opt/ml'"}
    bench.put("job/sourcedir.tar.gz", archive(code))
    reason = bench.run("processing", bench.processing_request("job")).failure_reason
    assert reason is not None
    assert "helper.py:3 holds the path /opt/ml" in reason
    bench.put("job/sourcedir.tar.gz", archive({"preprocessing.py": "", "train.py": "x = '/opt/ml'"}))
    assert bench.run("processing", bench.processing_request("job")).status == "Completed"
    assert bench.train("\ndefault = '/opt/ml/model'").status == "Completed"
    assert any("train.py:2 holds the path /opt/ml" in line for line in bench.lines)


def test_checkpoints_come_from_s3_and_go_back(bench: Bench) -> None:
    bench.put("ck/epoch-1", "1")
    script = "import shutil; shutil.copy('/opt/ml/checkpoints/epoch-1', '/opt/ml/checkpoints/epoch-2')"
    config = {"S3Uri": f"s3://{BUCKET}/ck"}
    assert bench.train(script + "; raise SystemExit(1)", CheckpointConfig=config).status == "Failed"
    assert bench.keys("ck/") == ["ck/epoch-1", "ck/epoch-2"]


def test_the_containers_own_entrypoint_runs_instead_of_the_script(bench: Bench) -> None:
    algorithm = {
        "TrainingImage": "custom",
        "ContainerEntrypoint": ["/bin/sh", "-c", 'echo "$0 ran"'],
        "ContainerArguments": ["it"],
    }
    assert bench.train("raise SystemExit(1)", AlgorithmSpecification=algorithm).status == "Completed"
    assert "it ran" in bench.lines


def test_the_same_model_gives_the_same_archive(bench: Bench) -> None:
    script = "import time, os; open('/opt/ml/model/m', 'w').write('m'); os.utime('/opt/ml/model/m', (1, {}))"
    archives = []
    for moment in (1, 2_000_000_000):
        bench.train(script.format(moment))
        archives.append(bench.s3.get_object(Bucket=BUCKET, Key="out/job/output/model.tar.gz")["Body"].read())
    assert archives[0] == archives[1]


def test_a_message_that_is_not_utf8_fails_a_processing_job(bench: Bench) -> None:
    result = bench.process("open('/opt/ml/output/message', 'wb').write(b'\\xff')")
    assert (result.status, result.failure_reason) == ("Failed", "ClientError: /opt/ml/output/message is not UTF-8")
    result = bench.process("open('/opt/ml/output/message', 'w').write('a' + '가' * 1000)")
    assert result.exit_message == "a" + "가" * 341


def test_a_bucket_that_is_gone_at_the_end_fails_the_job(bench: Bench) -> None:
    config = {"S3OutputPath": "s3://no-such-bucket/out"}
    result = bench.train("open('/opt/ml/model/m', 'w')", OutputDataConfig=config)
    assert (result.status, result.exit_code) == ("Failed", 0)


def test_names_and_values_no_machine_can_take_fail_the_job(bench: Bench) -> None:
    bench.put("x/" + "a" * 300)
    reason = bench.train("", InputDataConfig=[channel("train", "x/")]).failure_reason
    assert "File name too long" in str(reason)
    assert bench.train("", HyperParameters={"deep": "[" * 2000}).status == "Completed"
