"""SageMaker instance types: the types for each use, and the hardware of each family.

In: names such as `ml.g5.xlarge`. Out: sets from the API's enums (sagemaker.json) and facts about families.
Regions are left out: the API model does not say which types a region has.
"""

from __future__ import annotations

from functools import cache

from pushtrain.catalog.data import load
from pushtrain.catalog.job_kinds import JobKind

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


def list_transform_instances() -> frozenset[str]:
    """Return the types a batch transform may use (API shape TransformInstanceType)."""
    return _read_enum("TransformInstanceType")


def read_family(instance: str) -> str:
    """Return `g5` for `ml.g5.xlarge`; empty if the name does not have this form."""
    parts = instance.split(".")
    return parts[1] if len(parts) == 3 and parts[0] == "ml" else ""  # noqa: PLR2004  (ml, family, size)


def has_gpu(instance: str) -> bool:
    """Return True if the type has NVIDIA GPUs (families g… and p…)."""
    return read_family(instance).startswith(("g", "p"))


def is_accelerated(instance: str) -> bool:
    """Return True if the type has any accelerator: GPUs, Trainium, Inferentia or Gaudi."""
    return has_gpu(instance) or read_family(instance).startswith(("trn", "inf", "dl"))


def is_arm(instance: str) -> bool:
    """Return True if the processor is Arm (Graviton or Grace), which does not run x86 images."""
    return read_family(instance) in _ARM


def has_local_storage(instance: str) -> bool:
    """Return True if the type has NVMe disks, so that volume size and VolumeKmsKeyId do not apply."""
    return read_family(instance) in _LOCAL_STORAGE


@cache
def _read_enum(shape: str) -> frozenset[str]:
    return frozenset(load("sagemaker")["shapes"][shape]["enum"])
