"""SageMaker instance types: which exist for what, and what hardware their family has.

In: names such as `ml.g5.xlarge`. Out: sets from the API's enums (sagemaker.json) and facts by family.
Knows nothing of regions: the API model does not say which types a region has.
"""

from __future__ import annotations

from functools import cache

from pushtrain.catalog.data import load

# Families with an Arm processor: x86 images do not start there. GB200 is Arm with GPUs.
_ARM = frozenset({"c6g", "c6gd", "c6gn", "c7g", "c8g", "m6g", "m6gd", "m8g", "p6e-gb200", "r6g", "r6gd", "r7gd", "r8g"})
# EC2 user guide, "Instance store volumes". There SageMaker makes no EBS volume: its size is fixed and a
# VolumeKmsKeyId is refused (API model, ResourceConfig.VolumeKmsKeyId).
_LOCAL_STORAGE = frozenset(
    {
        *("c5d", "m5d", "r5d", "c6gd", "m6gd", "r6gd", "r7gd"),
        *("g4dn", "g5", "g6", "g6e", "g7", "g7e", "dl1", "trn1", "trn1n", "trn2"),
        *("p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200"),
    }
)


def list_training_instances() -> frozenset[str]:
    """Return the types a training job may use (API shape TrainingInstanceType)."""
    return _enum("TrainingInstanceType")


def list_processing_instances() -> frozenset[str]:
    """Return the types a processing job may use (API shape ProcessingInstanceType)."""
    return _enum("ProcessingInstanceType")


def list_hosting_instances() -> frozenset[str]:
    """Return the types an endpoint may use (API shape ProductionVariantInstanceType)."""
    return _enum("ProductionVariantInstanceType")


def list_transform_instances() -> frozenset[str]:
    """Return the types a batch transform may use (API shape TransformInstanceType)."""
    return _enum("TransformInstanceType")


def read_family(instance: str) -> str:
    """Return `g5` for `ml.g5.xlarge`; empty when the name has not that form."""
    parts = instance.split(".")
    return parts[1] if len(parts) == 3 and parts[0] == "ml" else ""  # noqa: PLR2004  (ml, family, size)


def has_gpu(instance: str) -> bool:
    """Tell whether the type has NVIDIA GPUs (families g… and p…)."""
    return read_family(instance).startswith(("g", "p"))


def is_accelerated(instance: str) -> bool:
    """Tell whether the type has any accelerator: GPUs, Trainium, Inferentia or Gaudi."""
    return has_gpu(instance) or read_family(instance).startswith(("trn", "inf", "dl"))


def is_arm(instance: str) -> bool:
    """Tell whether the processor is Arm (Graviton or Grace), where x86 images do not run."""
    return read_family(instance) in _ARM


def has_local_storage(instance: str) -> bool:
    """Tell whether the type brings NVMe disks, so that volume size and VolumeKmsKeyId do not apply."""
    return read_family(instance) in _LOCAL_STORAGE


@cache
def _enum(shape: str) -> frozenset[str]:
    return frozenset(load("sagemaker")["shapes"][shape]["enum"])
