"""The tools' opinion of the template: cdk-nag, cfn-lint, parliament.

checkov, 290 MB of it, has a target of its own: `make check-infra`.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.infra.synthesis import write_assembly
from tests.infra.template_view import View

# cfn-lint: W3005 is about a DependsOn that the CDK itself writes beside a GetAtt of the same resource.
IGNORED_BY_CFN_LINT = "W3005"

# parliament's findings that are answered, each by the words it uses.
ACCEPTED = {
    ":express:": "DescribeExecution takes an execution or an express execution; ours are no express ones.",
    ":mapRun:": "ListExecutions takes a state machine or a map run; templates here have none.",
    "HyperParameterTuningJob": "takes a tuning job; the pattern *-job/ has them too, in fewer characters.",
    "ec2:AssignPrivateIpAddresses": "takes a network interface; the pattern */* of AWS's example has them too.",
    "lambda:SourceFunctionArn": "a condition key of every request that the code of a function makes.",
    "logs:GetQueryResults": "takes a query id; whether AWS authorises it by log group is told differently in places.",
}


def test_cdk_nag_judges_and_passes_with_the_reasons_written_in_the_code(
    settings_file: Path, bundle: Path, assembly: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert json.loads((assembly / "validation-report.json").read_text())["pluginReports"] == []
    monkeypatch.setattr("infra.policies.acknowledge_rules", lambda *_: None)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        write_assembly(settings_file, bundle, tmp_path)
    [report] = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert {violation["ruleName"].partition("[")[0] for violation in report["violations"]} == {"AwsSolutions-IAM5"}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_every_shipped_environment_synthesises_and_prod_is_not_deleted_by_mistake(
    environment: str, shipped: dict[str, Path]
) -> None:
    assert len(list(shipped[environment].glob("*.template.json"))) == 1
    stack = json.loads((shipped[environment] / "manifest.json").read_text())["artifacts"][f"pushtrain{environment}"]
    assert stack["properties"].get("terminationProtection", False) is (environment == "prod")


def test_cfn_lint_finds_nothing(template_file: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("cfn-lint")),
        "--ignore-checks",
        IGNORED_BY_CFN_LINT,
        "--",
        str(template_file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_parliament_finds_no_unknown_action_resource_or_condition(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    analyse = parliament(monkeypatch)
    documents = [policy["PolicyDocument"] for role in view.of("IAM::Role") for policy in role["Policies"]]
    documents += [policy["PolicyDocument"] for policy in view.of("IAM::ManagedPolicy")]
    findings = {(finding.issue, str(finding.detail)) for document in documents for finding in analyse(document)}
    assert {
        (issue, detail) for issue, detail in findings if not any(accepted in detail for accepted in ACCEPTED)
    } == set()
    wrong = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "*",
        "Condition": {"StringEquals": {"iam:PassToService": "x"}},
    }
    assert analyse({"Version": "2012-10-17", "Statement": [wrong]})


def parliament(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`analyse(document)`: findings. It asks pkg_resources, which setuptools has dropped, where its own files are."""
    stand_in = ModuleType("pkg_resources")
    spec = importlib.util.find_spec("parliament")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    stand_in.resource_filename = lambda _, name: str(folder / name)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pkg_resources", stand_in)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it leaves files open, and has strings with stray backslashes
        import parliament

    return lambda document: parliament.analyze_policy_string(json.dumps(document)).findings
