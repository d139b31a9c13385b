"""Who lets an approved model answer a file needs the policy of scorers, every action of it, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import names as n
from infra.names import Names
from infra.settings import parse_settings
from infra.teams import build_only_team
from pushtrain.errors import ScoreFailed
from pushtrain.platform import Platform
from pushtrain.registry import require_version
from pushtrain.scoring import fetch_answers, plan_score, start_score, stop_score, wait_for_score
from tests.embedded.cli.commands.models.served import install_nothing
from tests.embedded.scoring.approved import approved
from tests.infra.calls import Call, Needs, recording
from tests.infra.conftest import SETTINGS
from tests.infra.evaluator import Need, allowed
from tests.infra.template_view import KEY_ID, View

HOME = "us-east-1:123456789012"
KEY = f"arn:aws:kms:{HOME}:key/{KEY_ID}"
LOG = f"arn:aws:logs:{HOME}:log-group:/aws/sagemaker/TransformJobs:log-stream:pushtrain--score-8c1f/data"
# What the command line and S3 do beside the recorded calls.
BESIDE = (
    Need("ssm:GetParameter", f"arn:aws:ssm:{HOME}:parameter/pushtrain/test/platform"),
    Need("logs:DescribeLogStreams", f"arn:aws:logs:{HOME}:log-group:/aws/sagemaker/TransformJobs:log-stream:"),
    Need("logs:GetLogEvents", LOG),
    Need(
        "s3:AbortMultipartUpload", "arn:aws:s3:::pushtrain-artifacts-123456789012-us-east-1/.scores/requests/churn/8c"
    ),
)
# Of the registry's grant, which other people share.
UNUSED = {
    *("sagemaker:ListTags", "sagemaker:DescribeModelPackageGroup", "sagemaker:ListModelPackageGroups"),
    "s3:GetObjectVersion",
}


@pytest.fixture(scope="module")
def needed(view: View, names: Names, tmp_path_factory: pytest.TempPathFactory) -> list[Need]:
    """What a batch needs, from the look at the version to the answers; another one is stopped."""
    folder = tmp_path_factory.mktemp("scorer")
    platform = Platform.from_json(view.one("SSM::Parameter", Name="/pushtrain/test/platform")["Value"])
    with pytest.MonkeyPatch.context() as patch:
        install_nothing(patch, folder / "cache")
        calls = list(score(platform, folder))
    needs = Needs(names)
    return [*(need for call in calls for need in needs.of(call)), *BESIDE]


def score(platform: Platform, folder: Path) -> Iterator[Call]:
    rows, target = folder / "rows.csv", folder / "out.csv"
    rows.write_text("1\n2\n")
    with approved(folder, platform=platform), recording() as calls:
        for version in (None, 1):
            plan = plan_score(
                platform, "churn", version, file=rows, target=target, content_type="text/csv", seconds=600
            )
        require_version(platform, "churn", 1)
        started = start_score(platform, plan, rows)
        wait_for_score(platform, started, sleep=lambda _: None)
        assert fetch_answers(platform, started, target) == 2
        stopped = start_score(platform, plan, rows)
        stop_score(platform, stopped)
        with pytest.raises(ScoreFailed, match="Ctrl-C"):
            wait_for_score(platform, stopped, sleep=lambda _: None)
    yield from calls


def test_the_policy_of_scorers_suffices(needed: list[Need], view: View) -> None:
    statements = view.managed(f"pushtrain-{n.SCORER}")
    assert len(needed) > 25
    assert [need for need in needed if not allowed(statements, need)] == []


def test_nothing_in_it_is_superfluous(needed: list[Need]) -> None:
    from infra.people import scorer_grants

    names = Names(parse_settings(SETTINGS.encode(), environment="test"))
    granted = {action for grant in scorer_grants(build_only_team(names), KEY) for action in grant.actions}
    assert granted - {need.action for need in needed} == UNUSED
