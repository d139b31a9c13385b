"""SageMaker instance types: the types for each use, and the hardware of each family.

In: names such as `ml.g5.xlarge`. Out: sets from the API's enums (sagemaker.json) and facts about families.
Regions are left out: the API model does not say which types a region has.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from pushtrain.catalog.data import load
from pushtrain.catalog.job_kind import JobKind

# Families with an Arm processor, on which x86 images do not start. GB200 is Arm with GPUs.
_ARM = frozenset({"c6g", "c6gd", "c6gn", "c7g", "c8g", "m6g", "m6gd", "m8g", "p6e-gb200", "r6g", "r6gd", "r7gd", "r8g"})
# Families with NVMe disks (EC2 user guide, "Instance store volumes"). SageMaker creates no EBS volume for them: the
# size is fixed and VolumeKmsKeyId is refused (API model, ResourceConfig.VolumeKmsKeyId).
_LOCAL_STORAGE = frozenset(
    {
        *("c5d", "m5d", "r5d", "c6gd", "m6gd", "r6gd", "r7gd"),
        *("g4dn", "g5", "g6", "g6e", "g7", "g7e", "dl1", "trn1", "trn1n", "trn2"),
        *("p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200"),
    }
)


def list_job_instances(kind: JobKind) -> frozenset[str]:
    """Return the types that jobs of a kind may use."""
    return _read_enum(kind.instance_shape)


def list_hosting_instances() -> frozenset[str]:
    """Return the types an endpoint may use (API shape ProductionVariantInstanceType)."""
    return _read_enum("ProductionVariantInstanceType")


def list_disk_patterns() -> list[str]:
    """Return patterns of the types with NVMe disks, which take no VolumeKmsKeyId: `ml.g5.*`."""
    return [f"ml.{family}.*" for family in sorted(_LOCAL_STORAGE)]


class Hardware(Struct, frozen=True, kw_only=True):
    """The hardware of an instance type. `family` is such as `g5`; empty if the name does not have the form of a type.

    `has_gpu`: NVIDIA GPUs. `is_accelerated`: GPUs, Trainium, Inferentia or Gaudi. `is_arm`: Graviton or Grace, which do
    not run x86 images. `has_local_storage`: NVMe disks, so that volume size and VolumeKmsKeyId do not apply.
    """

    family: str
    has_gpu: bool
    is_accelerated: bool
    is_arm: bool
    has_local_storage: bool


def find_hardware(instance: str) -> Hardware:
    """Return the hardware of a type such as `ml.g5.xlarge`. It follows from the family."""
    parts = instance.split(".")
    family = parts[1] if len(parts) == 3 and parts[0] == "ml" else ""  # noqa: PLR2004  (ml, family, size)
    has_gpu = family.startswith(("g", "p"))
    return Hardware(
        family=family,
        has_gpu=has_gpu,
        is_accelerated=has_gpu or family.startswith(("trn", "inf", "dl")),
        is_arm=family in _ARM,
        has_local_storage=family in _LOCAL_STORAGE,
    )


@cache
def _read_enum(shape: str) -> frozenset[str]:
    return frozenset(load("sagemaker")["shapes"][shape]["enum"])
