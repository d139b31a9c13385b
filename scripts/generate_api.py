"""Write catalog/sagemaker.json: the part of AWS's API model that pushtrain uses to check requests.

In: an interpreter with a recent `botocore`. Out: `src/pushtrain/catalog/sagemaker.json` with all shapes that the
operations below use, without documentation. Usage: `python scripts/generate_api.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore
from botocore.loaders import Loader

DATA = Path(__file__).resolve().parent.parent / "src/pushtrain/catalog/sagemaker.json"
OPERATIONS = {
    "sagemaker": (
        "CreateEndpoint",
        "CreateEndpointConfig",
        "CreateHyperParameterTuningJob",
        "CreateModel",
        "CreateModelPackage",
        "CreateModelPackageGroup",
        "CreateProcessingJob",
        "CreateTrainingJob",
        "CreateTransformJob",
        "UpdateEndpoint",
    ),
    "s3": ("GetObject",),
}
CHECKED_KEYS = ("type", "required", "min", "max", "pattern", "enum")


def reduce_shape(shape: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return a shape with only the keys that are checked. References get the prefix of the service, such as `s3:`."""
    reduced = {key: shape[key] for key in CHECKED_KEYS if key in shape}
    if "members" in shape:
        reduced["members"] = {name: prefix + member["shape"] for name, member in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            reduced[part] = prefix + shape[part]["shape"]
    return reduced


def collect_shapes(model: dict[str, Any], root: str, prefix: str, shapes: dict[str, Any]) -> None:
    """Add the shape `root` and all shapes that it refers to to `shapes`."""
    if prefix + root in shapes:
        return
    shape = model["shapes"][root]
    shapes[prefix + root] = reduce_shape(shape, prefix)
    for member in (
        *shape.get("members", {}).values(),
        *(shape[p] for p in ("member", "key", "value") if p in shape),
    ):
        collect_shapes(model, member["shape"], prefix, shapes)


def main() -> None:
    document: dict[str, Any] = {
        "source": f"botocore {botocore.__version__}",
        "actions": {},
        "operations": {},
        "shapes": {},
    }
    for service, operations in OPERATIONS.items():
        model = Loader().load_service_model(service, "service-2")
        document["actions"][service] = sorted(model["operations"])
        prefix = "" if service == "sagemaker" else f"{service}:"
        for operation in operations:
            root = model["operations"][operation]["input"]["shape"]
            document["operations"][operation] = prefix + root
            collect_shapes(model, root, prefix, document["shapes"])
    DATA.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(f"{DATA.name}: {DATA.stat().st_size} bytes, {len(document['shapes'])} shapes")


if __name__ == "__main__":
    main()
