"""What the template is without the options that the other tests use, and with a key of the team's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pushtrain.catalog.job_kinds import KINDS
from pushtrain.errors import UsageError
from pushtrain.platform import Platform
from tests.infra.synthesis import write_assembly
from tests.infra.template_view import View

KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"
BARE = 'account: "123456789012"\nregion: us-east-1\nprefix: pushtrain\n'
OWN_KEY = f"{BARE}kms_key: {KEY}\njob_logs: existing\n"
QUIET = f"{BARE}snap_start: false\n"


def synthesised(text: str, bundle: Path, folder: Path) -> View:
    settings = folder / "test.yaml"
    settings.write_text(text)
    write_assembly(settings, bundle, folder / "out")
    template = json.loads((folder / "out" / "pushtrain.template.json").read_text())
    return View(template, account="123456789012", region="us-east-1")


@pytest.fixture(scope="module")
def own_key(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> View:
    return synthesised(OWN_KEY, bundle, tmp_path_factory.mktemp("own-key"))


@pytest.fixture(scope="module")
def quiet(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> View:
    return synthesised(QUIET, bundle, tmp_path_factory.mktemp("quiet"))


def test_a_key_of_your_own_takes_the_place_of_ours_everywhere(own_key: View) -> None:
    assert own_key.of("KMS::Key") == []
    rules = [bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"] for bucket in own_key.of("S3::Bucket")]
    keys = [str(rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")) for [rule] in rules]
    assert sorted(keys) == ["None", *[KEY] * 4]  # S3 writes access logs with no key of ours
    assert {group["KmsKeyId"] for group in own_key.of("Logs::LogGroup")} == {KEY}
    assert own_key.one("SNS::Topic")["KmsMasterKeyId"] == KEY
    assert Platform.from_json(own_key.one("SSM::Parameter")["Value"]).kms_key == KEY
    statements = [properties for role in own_key.of("IAM::Role") for properties in own_key.role_statements(role)]
    assert {properties["Resource"] for properties in statements if "kms:" in str(properties["Action"])} == {KEY}


def test_log_groups_that_exist_are_archived_and_not_made(own_key: View) -> None:
    log_groups = {group["LogGroupName"] for group in own_key.of("Logs::LogGroup")}
    fed = {properties["LogGroupName"] for properties in own_key.of("Logs::SubscriptionFilter")}
    functions = {f"/aws/lambda/pushtrain-{kind}" for kind in ("push", "approval", "run-end", "decide", "replay")}
    assert log_groups == {"/aws/vendedlogs/states/pushtrain", *functions}
    assert fed == {"/aws/vendedlogs/states/pushtrain", *(kind.log_group for kind in KINDS)}


def test_shipped_settings_deploy_in_a_new_account_and_in_one_that_has_trained_before(shipped: dict[str, Path]) -> None:
    """Log groups of SageMaker may or may not exist, and a new account has no concurrency to reserve."""
    for environment, assembly in shipped.items():
        [template] = assembly.glob("*.template.json")
        resources = json.loads(template.read_text())["Resources"].values()
        texts = [json.dumps(resource) for resource in resources if resource["Type"].startswith("AWS::Logs::")]
        assert not [text for text in texts if any(f'"{kind.log_group}"' in text for kind in KINDS)], environment
        assert not [text for text in map(json.dumps, resources) if "ReservedConcurrentExecutions" in text], environment


def test_what_is_not_asked_for_is_not_there(quiet: View) -> None:
    assert [role["RoleName"] for role in quiet.of("IAM::Role") if role.get("RoleName") == "pushtrain-readers"] == []
    assert [role for role in quiet.of("IAM::Role") if "PermissionsBoundary" in role] == []
    assert quiet.of("SNS::Subscription") == []
    assert [properties["LogGroupName"] for properties in quiet.of("Logs::SubscriptionFilter")] == [
        "/aws/vendedlogs/states/pushtrain"
    ]
    for kind in ("CloudTrail::Trail", "Budgets::Budget", "EC2::VPCEndpoint"):
        assert quiet.of(kind) == [], kind
    assert [bucket for bucket in quiet.of("S3::Bucket") if "ObjectLockEnabled" in bucket] == []
    assert "TagFilters" not in json.dumps(quiet.of("S3::Bucket"))
    assert "s3:PutObjectTagging" not in json.dumps(quiet.role("pushtrain-run-end"))
    handlers = [role["RoleName"] for role in quiet.of("IAM::Role") if "RoleName" in role]
    assert not [name for name in handlers if "ec2:" in json.dumps(quiet.role(name))]
    services = [
        statement["Principal"] for [key] in [quiet.of("KMS::Key")] for statement in key["KeyPolicy"]["Statement"]
    ]
    assert not [
        entry for entry in services if entry.get("Service") in {"cloudtrail.amazonaws.com", "budgets.amazonaws.com"}
    ]
    for function in quiet.of("Lambda::Function"):
        assert "VpcConfig" not in function
        assert "SnapStart" not in function
        assert "ReservedConcurrentExecutions" not in function
    platform = Platform.from_json(quiet.one("SSM::Parameter")["Value"])
    assert (platform.subnets, platform.security_groups) == ((), ())
    actions = {action for properties in quiet.role("pushtrain-jobs") for action in properties["Action"]}
    assert not [action for action in actions if action.startswith("ec2:")]
    assert not [
        properties
        for properties in quiet.role("pushtrain-jobs")
        if properties["Sid"].startswith(("ReadData", "ListData"))
    ]
    assert not [
        properties
        for properties in quiet.managed("pushtrain-data-scientist")
        if properties["Sid"] in {"Push", "KeepRuns"}
    ]


def test_the_stack_is_deployed_with_the_roles_of_its_own_bootstrap(bundle: Path, tmp_path: Path) -> None:
    view = synthesised(f"{BARE}bootstrap_qualifier: ptdev\n", bundle, tmp_path)
    [statement] = view.managed("pushtrain-deployer")
    assert all("role/cdk-ptdev-" in role for role in statement["Resource"])
    [manifest] = tmp_path.rglob("manifest.json")
    stack = json.loads(manifest.read_text())["artifacts"]["pushtrain"]["properties"]
    assert stack["assumeRoleArn"].endswith("role/cdk-ptdev-deploy-role-123456789012-us-east-1"), stack["assumeRoleArn"]
    assert "/cdk-bootstrap/ptdev/version" in stack["bootstrapStackVersionSsmParameter"]


def test_pushes_get_a_whole_processor(quiet: View) -> None:
    memory = {function["FunctionName"]: function["MemorySize"] for function in quiet.of("Lambda::Function")}
    assert memory["pushtrain-push"] >= 1769


def test_templates_with_the_sdks_need_their_bundle(bundle: Path, tmp_path: Path) -> None:
    synthesised(f"{BARE}sdk_templates: true\n", bundle, tmp_path)
    without = shutil.copytree(bundle, tmp_path / "without")
    (without / "pushtrain-0.1.0.dist-info").mkdir()
    with pytest.raises(UsageError, match=r"does not contain AWS SDKs\. Build it with: make bundle SDK=1"):
        synthesised(f"{BARE}sdk_templates: true\n", without, tmp_path)


def test_what_would_not_fit_where_it_is_published_is_refused_before_anything_is_deployed(
    bundle: Path, tmp_path: Path
) -> None:
    tags = ", ".join(f"tag{number}: {'x' * 200}" for number in range(18))
    with pytest.raises(
        UsageError, match=r"the platform document has \d{4} bytes; an SSM parameter holds at most 4000. Use fewer"
    ):
        synthesised(f"{BARE}tags: {{{tags}}}\n", bundle, tmp_path)
