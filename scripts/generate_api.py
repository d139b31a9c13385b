"""Write catalog/sagemaker.json: the part of AWS's API model that pushtrain's requests are checked against.

In: an interpreter that has a recent `botocore`. Out: `src/pushtrain/catalog/sagemaker.json`, every
shape that the operations below reach, without documentation. Usage: `python scripts/generate_api.py`.
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
KEPT = ("type", "required", "min", "max", "pattern", "enum")


def reduced(shape: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return one shape with nothing but what is checked; references get the service's prefix."""
    kept = {key: shape[key] for key in KEPT if key in shape}
    if "members" in shape:
        kept["members"] = {name: prefix + member["shape"] for name, member in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            kept[part] = prefix + shape[part]["shape"]
    return kept


def collect(model: dict[str, Any], root: str, prefix: str, shapes: dict[str, Any]) -> None:
    """Add `root` and all it reaches to `shapes`."""
    if prefix + root in shapes:
        return
    shape = model["shapes"][root]
    shapes[prefix + root] = reduced(shape, prefix)
    for member in (
        *shape.get("members", {}).values(),
        *(shape[p] for p in ("member", "key", "value") if p in shape),
    ):
        collect(model, member["shape"], prefix, shapes)


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
            collect(model, root, prefix, document["shapes"])
    DATA.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(f"{DATA.name}: {DATA.stat().st_size} bytes, {len(document['shapes'])} shapes")


if __name__ == "__main__":
    main()
