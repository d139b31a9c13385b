"""What the tests of the stack share: one synthesis with every setting in use."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

from infra.names import Names
from infra.settings import ENVIRONMENTS, load_settings
from tests.infra.synthesis import write_assembly
from tests.infra.template_view import View

# Account and region of `Platform.local()`, so that calls recorded in embedded AWS name the very resources of the stack.
SETTINGS = """
account: "123456789012"
region: us-east-1
prefix: pushtrain
data_scientists_push: true
reserved_concurrency: 5
job_logs: create
data_locations:
  - s3: s3://lake/churn/
    kms_key: arn:aws:kms:us-east-1:123456789012:key/lake
secrets: ["arn:aws:secretsmanager:us-east-1:123456789012:secret:churn/token-AbCdEf"]
image_accounts: ["210987654321"]
registry_readers: ["999988887777"]
network:
  subnets: [subnet-0a1b2c3d]
  security_groups: [sg-0a1b2c3d]
handler_network:
  subnets: [subnet-1a1b2c3d]
  security_groups: [sg-1a1b2c3d]
serving_lock_days: 30
intermediate_days: 60
data_events: true
monthly_budget: 500 USD
permission_boundary: arn:aws:iam::123456789012:policy/boundary
notify: [team@example.org]
tags: {owner: platform}
"""


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for build/lambda: what is in the bundle is not the stack's affair."""
    folder = tmp_path_factory.mktemp("bundle")
    for name in ("on_push.py", "on_approval.py", "on_run_end.py", "on_decide.py", "on_replay.py"):
        (folder / name).write_text("def handler(event, context): ...\n")
    return folder


@pytest.fixture(scope="session")
def settings_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("settings") / "test.yaml"
    path.write_text(SETTINGS)
    return path


@pytest.fixture(scope="session")
def assembly(settings_file: Path, bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cloud assembly; synthesis raises where cdk-nag finds what nobody has answered."""
    folder = tmp_path_factory.mktemp("assembly")
    write_assembly(settings_file, bundle, folder, warn=True)
    return folder


@pytest.fixture(scope="session")
def shipped(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The cloud assembly of each environment in infra/environments."""
    folder = tmp_path_factory.mktemp("shipped")
    for file in sorted(ENVIRONMENTS.glob("*.yaml")):
        write_assembly(file, bundle, folder / file.stem)
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture(scope="session")
def template_file(assembly: Path) -> Path:
    return assembly / "pushtrain.template.json"


@pytest.fixture(scope="session")
def view(template_file: Path) -> View:
    template: dict[str, Any] = json.loads(template_file.read_text())
    return View(template, account="123456789012", region="us-east-1")


@pytest.fixture(scope="session")
def names(settings_file: Path) -> Names:
    return Names(load_settings(settings_file))
