"""Write docs/reach.md: what each kind of person, script and handler can reach, from the grants in infra/.

Two teams are on the example platform. Each cell asks the grants for one action on a resource of the own team and of the
other one; the evaluator is the one of the tests of infra/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from infra import handler_grants, people, roles, run_grants, score_grants
from infra import names as n
from infra.grants import Grant
from infra.names import Names
from infra.setting_sections import DataLocation, TeamSettings
from infra.settings import Settings
from infra.teams import list_teams
from tests.infra.evaluator import Need, allowed

TARGET = Path(__file__).parents[1] / "docs" / "reach.md"
ACCOUNT, REGION = "111122223333", "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/platform"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{{team}}/token-AbCdEf"
OWN_TEAM, OTHER_TEAM = "risk", "shop"
MODELS = {OWN_TEAM: "churn", OTHER_TEAM: "basket"}
NAMES = Names(
    Settings(
        environment="ml-dev",
        account=ACCOUNT,
        region=REGION,
        prefix="ml",
        data_scientists_push=True,
        registry_readers=("444455556666",),
        teams={
            team: TeamSettings(
                models=(model, f"{model}-*"),
                data_locations=(DataLocation(s3=f"s3://lake/{team}/"),),
                secrets=(SECRET.format(team=team),),
            )
            for team, model in MODELS.items()
        },
    )
)
TEAM = list_teams(NAMES)[0]


class Reach(Struct, frozen=True, kw_only=True):
    """One row: what is done, the action, and the resource, with `{model}` and `{team}` for those of a team."""

    what: str
    action: str
    resource: str
    context: Mapping[str, str]


def ask(what: str, action: str, resource: str, context: Mapping[str, str] | None = None) -> Reach:
    """Return a row."""
    return Reach(what=what, action=action, resource=resource, context=context or {})


CODE, ARTIFACTS, SERVING = (NAMES.bucket_arn(kind) for kind in (n.CODE, n.ARTIFACTS, n.SERVING))
RUN = f"{ARTIFACTS}/{{model}}/runs/r"
EXECUTION = NAMES.arn("states", "execution:ml-{model}:r")
VERSION = NAMES.arn("sagemaker", "model-package/ml-{model}/1")
LOG = NAMES.arn("logs", "log-group:/aws/sagemaker/TrainingJobs:log-stream:ml-{team}-{model}-train-r-0-0/algo-1")
FUNCTION = NAMES.arn("lambda", "function:ml-")
PENDING, APPROVED = ({"sagemaker:ModelApprovalStatus": status} for status in ("PendingManualApproval", "Approved"))
SAGEMAKER = {"iam:PassedToService": "sagemaker.amazonaws.com"}
OF_A_TEAM = (
    ask("push a model repo", "s3:PutObject", f"{CODE}/model-repos/{{model}}/r/config.yaml"),
    ask("read pushed files", "s3:GetObject", f"{CODE}/model-repos/{{model}}/r/train.py"),
    ask("start a run", "states:StartExecution", NAMES.arn("states", "stateMachine:ml-{model}")),
    ask("see a run", "states:DescribeExecution", EXECUTION),
    ask("stop or redrive a run", "states:StopExecution", EXECUTION),
    ask("read models, checkpoints and metrics of runs", "s3:GetObject", f"{RUN}/train/j/output/model.tar.gz"),
    ask("write models, checkpoints and metrics of runs", "s3:PutObject", f"{RUN}/train/j/output/model.tar.gz"),
    ask("write the record of a run", "s3:PutObject", f"{RUN}/input.json"),
    ask("write a verdict", "s3:PutObject", f"{RUN}/verdict.json"),
    ask("write the result of a run", "s3:PutObject", f"{RUN}/result.json"),
    ask("write a report", "s3:PutObject", f"{RUN}/report.html"),
    ask("read the log of a job", "logs:GetLogEvents", LOG),
    ask("write the log of a job", "logs:PutLogEvents", LOG),
    ask("read the data of `data_locations`", "s3:GetObject", "arn:aws:s3:::lake/{team}/rows.csv"),
    ask("read the secrets of the settings", "secretsmanager:GetSecretValue", SECRET),
    ask("run a job with the role of jobs", "iam:PassRole", NAMES.role_arn("jobs-{team}"), SAGEMAKER),
    ask("see versions in the registry", "sagemaker:DescribeModelPackage", VERSION),
    ask("register a version that waits", "sagemaker:CreateModelPackage", VERSION, PENDING),
    ask("register an approved version", "sagemaker:CreateModelPackage", VERSION, APPROVED),
    ask("approve or reject a version", "sagemaker:UpdateModelPackage", VERSION, APPROVED),
    ask("delete a version", "sagemaker:DeleteModelPackage", VERSION),
    ask("see which version is deployed", "s3:GetObject", f"{SERVING}/{{model}}/approved.json"),
    ask("read a deployed model", "s3:GetObject", f"{SERVING}/{{model}}/1/model.tar.gz"),
    ask(
        "let a deployed model answer a file",
        "states:StartExecution",
        NAMES.arn("states", "stateMachine:ml_score_{team}"),
    ),
    ask("send rows to be answered", "s3:PutObject", f"{ARTIFACTS}/.scores/requests/{{model}}/8c1f"),
    ask("read rows to be answered", "s3:GetObject", f"{ARTIFACTS}/.scores/requests/{{model}}/8c1f"),
    ask("write answers", "s3:PutObject", f"{ARTIFACTS}/.scores/answers/{{model}}/8c1f/8c1f.out"),
    ask("read answers", "s3:GetObject", f"{ARTIFACTS}/.scores/answers/{{model}}/8c1f/8c1f.out"),
    ask("write a deployed model", "s3:PutObject", f"{SERVING}/{{model}}/1/model.tar.gz"),
)
OF_THE_PLATFORM = (
    ask("change the price table", "s3:PutObject", f"{ARTIFACTS}/prices.yaml"),
    ask("let a failed event be handled again", "lambda:InvokeFunction", f"{FUNCTION}replay:live"),
    ask("put a message into the push queue", "sqs:SendMessage", NAMES.arn("sqs", NAMES.push_queue)),
    ask("invoke `on_push` with an event", "lambda:InvokeFunction", f"{FUNCTION}push:live"),
    ask("search all job logs of the account", "logs:StartQuery", NAMES.log_group_arn("/aws/sagemaker/TrainingJobs")),
    ask("deploy the platform", "sts:AssumeRole", NAMES.bootstrap_role_arn("deploy")),
    ask("change a role", "iam:PutRolePolicy", NAMES.role_arn("jobs-risk")),
)
PEOPLE = {
    "data scientist": people.scientist_grants(TEAM, KEY),
    "approver": people.approver_grants(TEAM, KEY),
    "scorer": people.scorer_grants(TEAM, KEY),
    "Jenkins, pushing": people.jenkins_grants(TEAM, KEY),
    "Jenkins, deploying": people.deployer_grants(NAMES),
    "operator": people.operator_grants(NAMES, KEY),
    "other account": roles.readers_grants(NAMES, KEY),
}
PROGRAMS = {
    "script in a job": run_grants.jobs_grants(TEAM, KEY),
    "run": run_grants.states_grants(NAMES, KEY),
    "approved model on AWS": score_grants.score_jobs_grants(TEAM, KEY),
    "its state machine": score_grants.score_grants(TEAM, KEY),
    "`on_push`": handler_grants.push_grants(NAMES, KEY),
    "`on_decide`": handler_grants.decide_grants(NAMES, KEY),
    "`on_run_end`": handler_grants.run_end_grants(NAMES, KEY),
    "`on_approval`": handler_grants.approval_grants(NAMES, KEY),
    "`on_replay`": handler_grants.replay_grants(NAMES, KEY),
}
HEAD = """# Who reaches what

`scripts/generate_reach.py` writes this page from `infra/`. A test fails if the page is out of date. The platform of the
example has two teams ([Teams](operate.md#teams)) and `data_scientists_push`. **own**: with the models of the own team
only. **all**: with the models of all teams. **yes**: there is one for the platform. Empty: no. Without `teams`, all
models are of one team, so *own* means all. [permissions.md](permissions.md) has every statement.
"""
# Who, what is reached, and why. These follow from Jenkins and from checks, not from grants.
BRANCHES = (
    (
        "the author of a branch",
        "nothing that has credentials: an agent that checks and tests",
        "`jenkins/branch.Jenkinsfile` has no credentials, and its job is in no folder that has them "
        "([Jenkins](jenkins.md#what-a-branch-can-reach))",
    ),
    (
        "a model repo on main",
        "dev, and prod after a person has confirmed: a push for its team",
        "Jenkins pushes with the policy of one team",
    ),
    (
        "a training script, also one of a dependency",
        "what *script in a job* has above",
        "it runs in a SageMaker job with the role of its team's jobs",
    ),
    (
        "config.yaml",
        "no bucket of the platform in `data:`, no role, network, key or tag but the platform's",
        "such a push is refused with its line",
    ),
    (
        "a template",
        "the calls, roles and names that `pushtrain.workflow.checks` allows",
        "its definition is checked, and the role of runs may do no more",
    ),
)
TAIL = """Names are not secret within a platform. Everybody with one of its policies can list the keys of the code,
artifact and serving buckets, its state machines, the names of log streams of the account, and the versions in the
registry.
"""


def build_page() -> str:
    """Return the complete page as Markdown."""
    sections = (
        ("People", PEOPLE, OF_A_TEAM),
        ("Programs", PROGRAMS, OF_A_TEAM),
        ("The platform itself", PEOPLE, OF_THE_PLATFORM),
    )
    header = ["## Branches and scripts", "", "| who | reaches | because |", "|---|---|---|"]
    branches = [f"| {' | '.join(row)} |" for row in BRANCHES]
    return "\n".join([HEAD, *(_format_section(*section) for section in sections), *header, *branches, "", TAIL])


def find_cell(grants: Sequence[Grant], reach: Reach) -> str:
    """Return `own`, `all`, `other`, `yes` (there is one only) or an empty text."""
    own, other = (_is_allowed(grants, reach, team) for team in (OWN_TEAM, OTHER_TEAM))
    if reach.resource == _fill(reach.resource, OWN_TEAM):
        return "yes" if own else ""
    return {(True, True): "all", (True, False): "own", (False, True): "other", (False, False): ""}[own, other]


def _is_allowed(grants: Sequence[Grant], reach: Reach, team: str) -> bool:
    statements = [
        {
            "Effect": grant.effect,
            "Action": list(grant.actions),
            "Resource": list(grant.resources),
            "Condition": grant.conditions,
        }
        for grant in grants
    ]
    return allowed(statements, Need(reach.action, _fill(reach.resource, team), reach.context))


def _fill(resource: str, team: str) -> str:
    return resource.replace("{model}", MODELS[team]).replace("{team}", team)


def _format_section(title: str, columns: Mapping[str, Sequence[Grant]], rows: Sequence[Reach]) -> str:
    header = f"| | {' | '.join(columns)} |"
    line = "|---" * (len(columns) + 1) + "|"
    body = [
        f"| {reach.what} | {' | '.join(find_cell(grants, reach) for grants in columns.values())} |" for reach in rows
    ]
    return "\n".join([f"## {title}", "", header, line, *body, ""])


if __name__ == "__main__":
    TARGET.write_text(build_page(), encoding="utf-8")
    print(f"wrote docs/{TARGET.name}")
