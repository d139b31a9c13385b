"""Finding and downloading the model of a version."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pushtrain.aws import client
from pushtrain.errors import RegistryError
from pushtrain.local.aws import up
from pushtrain.local.inference.stored_model import download_model, find_stored_version
from tests.embedded.registered import MODEL, PLATFORM, register


def test_the_newest_version_is_found_and_its_bytes_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "model.tar.gz"
    with up(tmp_path / "store", PLATFORM, handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        register("one", {"auc": 1})
        register("two", {"auc": 1})
        assert find_stored_version(PLATFORM, "churn", 1).version == 1
        version = find_stored_version(PLATFORM, "churn")
        stored = download_model(PLATFORM, version, file)
        assert (stored.version, stored.status, stored.image) == (2, "PendingManualApproval", "image")
        assert file.read_bytes() == MODEL

        assert version.verdict
        artifact = version.verdict.artifact
        uri = artifact.uri
        for change, message in (
            ({"etag": "0" * 32}, f"{uri} is not the file that was evaluated, or it is gone: An error occurred"),
            ({"version": "gone"}, f"{uri} is not the file that was evaluated, or it is gone: An error occurred"),
            ({"size": 7}, f"{uri} has {len(MODEL)} bytes, but 7 bytes were evaluated"),
        ):
            other = msgspec.structs.replace(version.verdict, artifact=msgspec.structs.replace(artifact, **change))
            with pytest.raises(RegistryError) as raised:
                download_model(PLATFORM, msgspec.structs.replace(version, verdict=other), file)
            assert str(raised.value).startswith(message)
        with pytest.raises(RegistryError) as raised:
            download_model(PLATFORM, msgspec.structs.replace(version, verdict=None), file)
        assert str(raised.value) == (
            "churn version 2 has no verdict.json, which names the bytes of its model. Push again"
        )
        with pytest.raises(RegistryError) as raised:
            download_model(PLATFORM, msgspec.structs.replace(version, inference={}), file)
        assert str(raised.value) == (
            "churn version 2 was not registered with one container, so nobody knows how to serve it"
        )
        with pytest.raises(RegistryError, match="there is no model 'fraud' in the registry"):
            find_stored_version(PLATFORM, "fraud")
