"""`pytorch 2.6.0` and `huggingface 4.49.0/pytorch2.5.1` of config.yaml, as the SDK spells and knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.judge import sdk

ESTIMATORS_CUDA = "cu110-ubuntu18.04"  # image_uris.get_training_image_uri
NAMES = ("huggingface", "pytorch", "sklearn", "tensorflow", "xgboost")


@dataclass(frozen=True)
class Framework:
    """One version of one framework in one of the SDK's scopes."""

    name: str
    version: str
    base: str
    scope: str = "training"

    @classmethod
    def of(cls, text: str) -> Framework:
        """Raises ValueError for text of another form."""
        name, version = text.split(" ")
        version, _, base = version.partition("/")
        return cls(name, version, base)

    def __str__(self) -> str:
        return f"{self.name} {self.version}" + (f"/{self.base}" if self.base else "")

    @property
    def python(self) -> str | None:
        """The newest Python of the image; None where its tags name no Python."""
        tags = self._entry.get("py_versions") or [key for key in self._entry if re.fullmatch(r"py\d+", key)]
        return max(tags, key=lambda tag: (int(tag[2]), int(tag[3:] or 0)), default=None)

    @property
    def regions(self) -> set[str]:
        """Where AWS has the image."""
        return set((self._entry.get(self.python or "") or self._entry)["registries"])

    @property
    def arguments(self) -> dict[str, str]:
        """What an estimator or processor is given to find the image."""
        if self.name == "huggingface":
            base, number = re.fullmatch(r"(\D+)(.+)", self.base).groups()  # type: ignore[union-attr]
            return {"transformers_version": self.version, f"{base}_version": number, "py_version": str(self.python)}
        return {
            "framework_version": self.version,
            **({} if self.name == "xgboost" else {"py_version": str(self.python)}),
        }

    @property
    def _entry(self) -> dict[str, Any]:
        scopes: dict[str, Any] = sdk.image_uris.config_for_framework(self.name)
        entry: dict[str, Any] = scopes[self.scope]["versions"][self.version]
        return entry[self.base] if self.base else entry

    def uri(self, instance: str, region: str) -> str | None:
        """The SDK's URI; None where it has no such image."""
        scope = "inference" if self.scope == "inference_graviton" else self.scope
        # What the estimators pass on for machines with GPUs; it counts for the oldest images alone.
        cuda = ESTIMATORS_CUDA if self.name == "huggingface" and scope == "training" and ".g" in instance else None
        try:
            uri = sdk.image_uris.retrieve(
                self.name,
                region,
                version=self.version,
                base_framework_version=self.base or None,
                py_version=self.python,
                instance_type=instance,
                image_scope=scope,
                container_version=cuda,
            )
        except ValueError:
            return None
        return str(uri)


def list_versions(scope: str = "training") -> Iterator[Framework]:
    """All that the SDK knows, but for Python 2 and the XGBoost algorithm ("1"), which runs no script."""
    for name in NAMES:
        versions = sdk.image_uris.config_for_framework(name).get(scope, {"versions": {}})["versions"]
        for version, entry in versions.items():
            bases = entry.keys() - {"version_aliases"} if name == "huggingface" else [""]
            for framework in (Framework(name, version, base, scope) for base in sorted(bases)):
                if framework.python != "py2" and (name, version) != ("xgboost", "1"):
                    yield framework
