"""Processing jobs: inputs, outputs, exit message, and the requests that are refused."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.catalog.job_kinds import PROCESSING
from pushtrain.layout import START_FILE
from pushtrain.pushes.revision import read_start_file
from pushtrain.workflow.jobs import START
from tests.embedded.local.container.bench import Bench, build_input, build_output, pack


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
    inputs = [*request["ProcessingInputs"], build_input("raw", "raw/", "input/raw")]
    result = bench.process(script, ProcessingInputs=inputs, Environment={"BASE": "/opt/ml/processing"})
    assert result.status == "Completed", bench.lines
    assert bench.keys("job/out/") == ["job/out/x/가 나/결과 1.csv"]
    assert bench.text("job/out/x/가 나/결과 1.csv") == "1,2['--x', '1']"
    assert result.exit_message == "끝"


def test_a_script_works_in_the_folder_of_its_code(bench: Bench, strategy: str) -> None:
    script = "print(open('columns.txt').read())"
    files = {"prep/preprocessing.py": script, "columns.txt": "age", START_FILE: read_start_file().decode()}
    bench.put("job/sourcedir.tar.gz", pack(files))
    app = {"ImageUri": "custom", "ContainerEntrypoint": ["/bin/bash", "-ec", START, "prep/preprocessing.py"]}
    assert bench.run(PROCESSING, bench.processing_request("job") | {"AppSpecification": app}).status == "Completed"
    assert "age" in bench.lines


def test_data_may_be_mounted_around_the_code_and_outputs_in_folders(bench: Bench, strategy: str) -> None:
    """The commonest mount of public scripts: data at /opt/ml/processing/input, in which the code lies at code/."""
    bench.put("raw/rows.csv", "1,2")
    script = """
import os, pathlib
base = pathlib.Path(os.environ["BASE"])
print(sorted(entry.name for entry in (base / "input").iterdir()))
for name in ("train", "test"):
    (base / "out" / name / "rows.csv").write_text((base / "input/rows.csv").read_text() + name)
"""
    outputs = [build_output("train", "o/train/", "out/train"), build_output("test", "o/test/", "out/test")]
    request = bench.processing_request("job")
    result = bench.process(
        script,
        ProcessingInputs=[*request["ProcessingInputs"], build_input("raw", "raw/", "input")],
        ProcessingOutputConfig={"Outputs": outputs},
        Environment={"BASE": "/opt/ml/processing"},
    )
    assert result.status == "Completed", bench.lines
    assert "['code', 'rows.csv']" in bench.lines
    assert (bench.text("o/train/rows.csv"), bench.text("o/test/rows.csv")) == ("1,2train", "1,2test")


def test_data_that_would_lie_in_the_folder_of_the_code_is_refused(bench: Bench) -> None:
    bench.put("raw/code/rows.csv")
    request = bench.processing_request("job")
    inputs = [*request["ProcessingInputs"], build_input("raw", "raw/", "input")]
    assert bench.process("", ProcessingInputs=inputs).failure_reason == (
        "ClientError: code: /opt/ml/processing/input/code already holds files of an input. Give code another path"
    )


def test_data_inside_other_data_is_reported(bench: Bench) -> None:
    bench.put("raw/rows.csv")
    bench.put("labels/rows.csv")
    request = bench.processing_request("job")
    inputs = [build_input("labels", "labels/", "input/labels"), build_input("raw", "raw/", "input")]
    assert bench.process("", ProcessingInputs=[*request["ProcessingInputs"], *inputs]).status == "Completed"
    assert [line for line in bench.lines if "lies inside" in line] == [
        "pushtrain: input labels lies inside input raw. AWS does not document whether it accepts that: "
        "`pushtrain push --wait` to a dev environment shows it"
    ]


@pytest.mark.parametrize(
    ("files", "installed"),
    [
        ({"requirements.txt": "root"}, ["root"]),
        ({"requirements.txt": "root", "prep/requirements.txt": "own"}, ["own"]),
        ({"other/requirements.txt": "other"}, []),
    ],
)
def test_a_script_gets_the_requirements_beside_it_else_those_of_the_root(
    bench: Bench, installed_files: list[str], files: dict[str, str], installed: list[str]
) -> None:
    files |= {"prep/preprocessing.py": "print('ran')", START_FILE: read_start_file().decode()}
    bench.put("job/sourcedir.tar.gz", pack(files))
    request = bench.processing_request("job")
    app = {"ImageUri": "custom", "ContainerEntrypoint": ["/bin/bash", "-ec", START, "prep/preprocessing.py"]}
    assert bench.run(PROCESSING, request | {"AppSpecification": app}).status == "Completed", bench.lines
    assert ("ran" in bench.lines, installed_files) == (True, installed)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (
            build_input("a", "x/", "a", S3InputMode="Pipe"),
            "ClientError: input a: S3InputMode Pipe does not work in a local run",
        ),
        (
            build_input("a", "x/", "a", S3CompressionType="Gzip"),
            "ClientError: input a: S3CompressionType Gzip does not work in a local run",
        ),
        (
            build_input("a", "x/", "a", S3DataType="ManifestFile"),
            "ClientError: input a: S3DataType ManifestFile does not work in a local run",
        ),
        (
            {"InputName": "a", "DatasetDefinition": {}},
            "ClientError: input a: a local run reads from S3 only, and not AppManaged",
        ),
        (
            build_input("a", "x/", "../../../etc"),
            "ClientError: the path '/opt/ml/processing/../../../etc' does not lie under /opt/ml",
        ),
    ],
)
def test_unsupported_inputs_are_refused(bench: Bench, item: dict[str, Any], message: str) -> None:
    reason = bench.process("", ProcessingInputs=[item]).failure_reason
    assert reason == message


@pytest.mark.parametrize(
    ("more", "message"),
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
                "ProcessingInputs": [build_input("a", "x/", "a", S3DataDistributionType="ShardedByS3Key")],
                "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2}},
            },
            "ClientError: input a: ShardedByS3Key over several instances does not work in a local run",
        ),
    ],
)
def test_what_a_processing_job_is_refused_for(bench: Bench, more: dict[str, Any], message: str) -> None:
    assert bench.process("", **more).failure_reason == message


def test_a_message_that_is_not_utf8_fails_a_processing_job(bench: Bench) -> None:
    result = bench.process("open('/opt/ml/output/message', 'wb').write(b'\\xff')")
    assert (result.status, result.failure_reason) == ("Failed", "ClientError: /opt/ml/output/message is not UTF-8")
    result = bench.process("open('/opt/ml/output/message', 'w').write('a' + '가' * 1000)", name="second")
    assert result.exit_message == "a" + "가" * 341
