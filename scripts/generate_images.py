"""Write catalog/images.json and the expected values of its tests: ask the SageMaker SDK for every image.

In: an interpreter with `sagemaker>=2.257,<3`, or `sagemaker-core>=2`, which contains the images of version 3.
(pushtrain itself never imports them.)
Out: `src/pushtrain/catalog/images.json` and `tests/unit/catalog/uris.json`.
Usage: `python scripts/generate_images.py`. `scripts/sdk_drift.py` compares without writing.

Not included: Python 2 images, and the XGBoost 0.72 algorithm (version "1"), which cannot run a script.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

os.environ |= {"AWS_EC2_METADATA_DISABLED": "true", "SAGEMAKER_SUPPRESS_V2_WARNING": "1"}
try:
    from sagemaker.core import image_uris

    SOURCE = f"sagemaker-core {version_of('sagemaker-core')}"
except ModuleNotFoundError:
    from sagemaker import image_uris

    SOURCE = f"sagemaker {version_of('sagemaker')}"

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src/pushtrain/catalog/images.json"
EXPECTATIONS = ROOT / "tests/unit/catalog/uris.json"
FRAMEWORKS = ("huggingface", "pytorch", "sklearn", "tensorflow", "xgboost")
# An instance type for each kind of processor; "arm" images exist for inference only.
INSTANCES = {"cpu": "ml.m5.large", "gpu": "ml.g5.xlarge", "arm": "ml.m6g.large"}
ESTIMATORS_CUDA = "cu110-ubuntu18.04"  # image_uris.get_training_image_uri
URI = re.compile(r"(?P<account>\d+)\.dkr\.ecr\.(?P<region>[^.]+)\.(?P<suffix>[^/]+)/(?P<repository>[^:]+):(?P<tag>.+)")


def list_entries(framework: str, scope: str) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Yield (version, base, the SDK's entry) of one framework and SDK scope."""
    config = image_uris.config_for_framework(framework).get(scope, {"versions": {}})
    for version, entry in config["versions"].items():
        if framework != "huggingface":
            yield version, None, entry
            continue
        for base in sorted(entry.keys() - {"version_aliases"}):
            yield version, base, entry[base]


def find_newest_python(entry: dict[str, Any]) -> str | None:
    """Return the newest Python tag of an entry, such as `py310`. Return None if its tags do not name Python."""
    tags = entry.get("py_versions") or [key for key in entry if re.fullmatch(r"py\d+", key)]
    return max(tags, key=lambda tag: (int(tag[2:3]), int(tag[3:] or 0)), default=None)


def retrieve_uri(framework: str, version: str, base: str | None, python: str | None, **options: str) -> str | None:
    """Return the URI from the SDK, or None if the SDK has no such image."""
    # Tags of early Hugging Face images have a CUDA version. The SDK's estimators pass it as `container_version`.
    needs_cuda = (
        framework == "huggingface" and options["image_scope"] == "training" and "g5" in options["instance_type"]
    )
    try:
        return str(
            image_uris.retrieve(
                framework,
                version=version,
                base_framework_version=base,
                py_version=python,
                container_version=ESTIMATORS_CUDA if needs_cuda else None,
                **options,
            )
        )
    except ValueError:
        return None


def build_record(framework: str, scope: str, version: str, base: str | None, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the record of one image: accounts by region, repository, tags by processor, Python."""
    python = find_newest_python(entry)
    kinds = ("arm",) if scope.endswith("graviton") else ("cpu", "gpu")
    accounts = (entry.get(python or "") or entry)["registries"]
    record: dict[str, Any] = {"accounts": accounts, "python": python, "tags": {}}
    for kind in kinds:
        uri = retrieve_uri(
            framework,
            version,
            base,
            python,
            region=next(iter(accounts)),
            instance_type=INSTANCES[kind],
            image_scope="inference" if kind == "arm" else scope,
        )
        if uri and (match := URI.fullmatch(uri)):
            record["repository"], record["tags"][kind] = match["repository"], match["tag"]
    return record


def collect_records() -> dict[str, dict[str, dict[str, Any]]]:
    """Return framework -> scope -> version (`4.49.0/pytorch2.5.1` for huggingface) -> record."""
    records: dict[str, dict[str, dict[str, Any]]] = {}
    for framework in FRAMEWORKS:
        for scope in ("training", "inference", "inference_graviton"):
            images = records.setdefault(framework, {}).setdefault(scope.replace("inference_graviton", "arm"), {})
            for version, base, entry in list_entries(framework, scope):
                record = build_record(framework, scope, version, base, entry)
                if record["python"] == "py2" or record.get("repository") in (None, "xgboost"):
                    continue
                images[f"{version}/{base}" if base else version] = record
    return records


def find_suffixes(regions: set[str]) -> dict[str, str]:
    """Return region -> suffix of the registry's host, for regions whose suffix is not `amazonaws.com`."""
    suffixes = {}
    for region in sorted(regions):
        uri = retrieve_uri(
            "sklearn",
            "1.2-1",
            None,
            "py3",
            region=region,
            instance_type="ml.m5.large",
            image_scope="training",
        )
        match = URI.fullmatch(uri or "")
        if match and match["suffix"] != "amazonaws.com":
            suffixes[region] = match["suffix"]
    return suffixes


def build_document(records: dict[str, dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return the content of images.json. Each table of accounts by region is stored once; records have its index."""
    tables: list[dict[str, str]] = []
    for scopes in records.values():
        for images in scopes.values():
            for record in images.values():
                table = dict(sorted(record["accounts"].items()))
                if table not in tables:
                    tables.append(table)
                record["accounts"] = tables.index(table)
    return {
        "source": SOURCE,
        "suffixes": find_suffixes({region for table in tables for region in table}),
        "accounts": tables,
        "images": records,
    }


def list_expectations() -> Iterator[dict[str, str | None]]:
    """Yield images that users may need, each with the URI from the SDK."""
    requests = [
        *(("sklearn", v, None, s, "ml.m5.large") for v in ("1.0-1", "1.2-1") for s in ("training", "inference")),
        ("sklearn", "1.4-2", None, "training", "ml.m5.large"),
        ("sklearn", "1.0-1", None, "inference", "ml.c7g.large"),
        *(("xgboost", v, None, "training", i) for v in ("1.0-1", "1.7-1", "3.0-5") for i in ("ml.m5.xlarge",)),
        ("xgboost", "3.0-5", None, "training", "ml.g5.xlarge"),
        ("xgboost", "1.5-1", None, "inference", "ml.m6g.large"),
        *(
            ("pytorch", v, None, s, i)
            for v in ("1.13.1", "2.6.0")
            for s in ("training", "inference")
            for i in ("ml.c5.xlarge", "ml.p4d.24xlarge")
        ),
        ("pytorch", "2.8.0", None, "training", "ml.g6e.12xlarge"),
        ("pytorch", "2.4.0", None, "inference", "ml.c6g.large"),
        ("tensorflow", "2.19.0", None, "training", "ml.g4dn.xlarge"),
        ("tensorflow", "2.16.2", None, "training", "ml.m5.xlarge"),
        ("tensorflow", "2.19.0", None, "inference", "ml.c5.xlarge"),
        ("tensorflow", "2.16.1", None, "inference", "ml.g5.xlarge"),
        ("tensorflow", "2.16.1", None, "inference", "ml.c7g.xlarge"),
        ("huggingface", "4.49.0", "pytorch2.5.1", "training", "ml.p3.2xlarge"),
        ("huggingface", "4.56.2", "pytorch2.8.0", "training", "ml.g5.xlarge"),
        ("huggingface", "4.49.0", "pytorch2.6.0", "inference", "ml.m5.xlarge"),
        ("huggingface", "4.51.3", "pytorch2.6.0", "inference", "ml.g5.xlarge"),
        ("huggingface", "4.26.0", "tensorflow2.11.0", "inference", "ml.g5.xlarge"),
    ]
    regions = ("us-east-1", "ap-northeast-2", "cn-north-1", "us-gov-west-1", "eu-central-1")
    for number, (framework, version, base, scope, instance) in enumerate(requests):
        for region in (regions[number % 5], "ap-northeast-2"):
            config = image_uris.config_for_framework(framework)
            entry = next(e for v, b, e in list_entries(framework, scope) if (v, b) == (version, base))
            if config and instance.split(".")[1] in ("c7g", "m6g", "c6g"):
                entry = next(
                    e for v, b, e in list_entries(framework, "inference_graviton") if (v, b) == (version, base)
                )
            uri = retrieve_uri(
                framework,
                version,
                base,
                find_newest_python(entry),
                region=region,
                instance_type=instance,
                image_scope=scope,
            )
            text = f"{framework} {version}" + (f"/{base}" if base else "")
            yield {"framework": text, "scope": scope, "instance": instance, "region": region, "uri": uri}


@contextmanager
def silence_sdk() -> Iterator[None]:
    """Hide what the SDK logs: a line for each image that exists for one kind of processor only."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def main() -> None:
    with silence_sdk():
        records, expectations = collect_records(), list(list_expectations())
    DATA.write_text(json.dumps(build_document(records), separators=(",", ":")) + "\n")
    unique = {json.dumps(case): case for case in expectations}
    EXPECTATIONS.write_text(json.dumps(list(unique.values()), indent=1) + "\n")
    print(f"{DATA.name}: {DATA.stat().st_size} bytes; {EXPECTATIONS.name}: {len(unique)} URIs")


if __name__ == "__main__":
    main()
