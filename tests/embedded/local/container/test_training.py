"""Training jobs: channels, code, model, checkpoints, and the requests that are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pushtrain.layout import START_FILE
from pushtrain.pushes.revision import read_start_file
from pushtrain.workflow.script_mode import SCRIPT_VARIABLE
from tests.embedded.local.container.bench import BUCKET, Bench, channel

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


@pytest.mark.parametrize(
    ("source", "message"),
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
def test_what_training_cannot_do_here_is_refused(bench: Bench, source: dict[str, str], message: str) -> None:
    reason = bench.train("", InputDataConfig=[channel("train", "x/", **source)]).failure_reason
    assert reason == message


@pytest.mark.parametrize(
    ("more", "message"),
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
def test_unsupported_channels_are_refused(bench: Bench, more: dict[str, Any], message: str) -> None:
    reason = bench.train("", InputDataConfig=[channel("train", "x/") | more]).failure_reason
    assert reason == message


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"HyperParameters": {"sagemaker_program": ""}},
            (
                "ClientError: the image 'custom' brings its own program, which this computer does not have. A local "
                "run imitates only XGBoost's (`framework: xgboost VERSION`). `pushtrain push --wait` to a dev "
                "environment runs any"
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
def test_what_a_training_job_is_refused_for(bench: Bench, more: dict[str, Any], message: str) -> None:
    more.setdefault("AlgorithmSpecification", {})["TrainingImage"] = "custom"
    assert bench.train("open('/opt/ml/model/m', 'w')", **more).failure_reason == message


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


def test_the_first_of_several_instance_types_counts(bench: Bench) -> None:
    preferences = [{"InstanceType": "ml.g5.xlarge"}, {"InstanceType": "ml.p3.2xlarge"}]
    script = "import os\nassert os.environ['SM_CURRENT_INSTANCE_TYPE'] == 'ml.g5.xlarge'"
    ended = bench.train(script, ResourceConfig={"InstancePreferences": preferences, "InstanceCount": 1})
    assert ended.status == "Completed"
    assert bench.lines[0] == (
        "pushtrain: SageMaker chooses among ml.g5.xlarge, ml.p3.2xlarge; "
        "on this computer the first counts, ml.g5.xlarge"
    )


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


def test_checkpoints_come_from_s3_and_go_back(bench: Bench) -> None:
    bench.put("ck/epoch-1", "1")
    script = "import shutil; shutil.copy('/opt/ml/checkpoints/epoch-1', '/opt/ml/checkpoints/epoch-2')"
    config = {"S3Uri": f"s3://{BUCKET}/ck"}
    assert bench.train(script + "; raise SystemExit(1)", CheckpointConfig=config).status == "Failed"
    assert bench.keys("ck/") == ["ck/epoch-1", "ck/epoch-2"]


def test_a_program_of_ones_own_works_in_the_root_of_the_container(bench: Bench, strategy: str) -> None:
    """Not in /opt/ml, where input/data/train would be found here, and not in the image's working folder."""
    program = 'ls; ls opt/ml | grep model; echo file > out.txt; ls input || echo "no input"'
    algorithm = {"TrainingImage": "custom", "ContainerEntrypoint": ["/bin/sh", "-c", program]}
    assert bench.train("", AlgorithmSpecification=algorithm).status == "Completed"
    assert [line for line in bench.lines if line in {"opt", "model", "no input"}] == ["opt", "model", "no input"]
    assert not list(bench.home.rglob("out.txt"))


def test_the_containers_own_entrypoint_runs_instead_of_the_script(bench: Bench) -> None:
    algorithm = {
        "TrainingImage": "custom",
        "ContainerEntrypoint": ["/bin/sh", "-c", 'echo "$0 ran"'],
        "ContainerArguments": ["it"],
    }
    assert bench.train("raise SystemExit(1)", AlgorithmSpecification=algorithm).status == "Completed"
    assert "it ran" in bench.lines


@pytest.mark.parametrize(
    ("files", "installed"),
    [
        ({"requirements.txt": "root"}, ["root"]),
        ({"fit/requirements.txt": "own"}, ["own"]),
        ({"requirements.txt": "root", "fit/requirements.txt": "own"}, ["root", "own"]),
    ],
)
@pytest.mark.parametrize("package", [{}, {"setup.py": ""}])
def test_the_start_file_installs_the_requirements_beside_a_script_after_those_of_the_root(
    bench: Bench,
    strategy: str,
    installed_files: list[str],
    files: dict[str, str],
    installed: list[str],
    package: dict[str, str],
) -> None:
    script = "import os, sys; print(sys.argv, os.environ['SM_USER_ENTRY_POINT'])"
    files = files | package | {"fit/train.py": script, START_FILE: read_start_file().decode()}
    parameters = {"sagemaker_program": f'"{START_FILE}"', "lr": "0.1"}
    result = bench.train("", files=files, HyperParameters=parameters, Environment={SCRIPT_VARIABLE: "fit/train.py"})
    assert result.status == "Completed", bench.lines
    assert "['fit/train.py', '--lr', '0.1'] fit/train.py" in bench.lines
    assert installed_files == installed


def test_without_the_start_file_only_the_requirements_of_the_root_are_installed(
    bench: Bench, installed_files: list[str]
) -> None:
    files = {"requirements.txt": "root", "fit/requirements.txt": "own", "fit/train.py": ""}
    assert bench.train("", files=files, HyperParameters={"sagemaker_program": '"fit/train.py"'}).status == "Completed"
    assert installed_files == ["root"]


def test_a_package_finds_no_program_in_a_folder_as_on_aws(bench: Bench) -> None:
    files = {"setup.py": "", "fit/train.py": ""}
    result = bench.train("", files=files, HyperParameters={"sagemaker_program": '"fit/train.py"'})
    assert "No module named fit/train" in str(result.failure_reason)


def test_the_name_of_the_host_resolves(bench: Bench, strategy: str) -> None:
    script = "import json, os, socket; print('address', socket.gethostbyname(json.loads(os.environ['SM_HOSTS'])[0]))"
    result = bench.train(script)
    if strategy != "paths":  # without a mount namespace the job has the /etc/hosts of this computer
        assert result.status == "Completed", bench.lines
        assert "address 127.0.0.1" in bench.lines


@pytest.mark.parametrize(
    ("image", "is_set"), [("pytorch-training:2.6", True), ("huggingface-pytorch-training:2.6", True), ("own:1", False)]
)
def test_pytorch_images_set_what_torch_distributed_reads(bench: Bench, image: str, is_set: bool) -> None:
    script = "import os; print('master', os.environ.get('MASTER_ADDR'), os.environ.get('MASTER_PORT'))"
    bench.train(
        script, AlgorithmSpecification={"TrainingImage": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{image}"}
    )
    assert ("master algo-1 7777" if is_set else "master None None") in bench.lines


def test_a_symbolic_link_in_the_model_is_noted(bench: Bench) -> None:
    script = "import os; open('/opt/ml/model/a', 'w').close(); os.symlink('a', '/opt/ml/model/b')"
    result = bench.train(script)
    assert result.status == "Completed", bench.lines
    assert any(
        "the model contains 1 symbolic links, such as b: an endpoint cannot unpack" in line for line in bench.lines
    )


def test_the_version_of_torch_is_that_of_the_image(bench: Bench) -> None:
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.6.0-gpu-py312"
    bench.train(
        "import os; print('torch', os.environ['SM_DLC_TORCH_VERSION'])", AlgorithmSpecification={"TrainingImage": image}
    )
    assert "torch 2.6.0" in bench.lines
