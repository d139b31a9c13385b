"""What it takes to run jobs and to look at them, as values. Pure: no CDK.

In: Names or a Team, and a kind of jobs. Out: Grants. Source of condition keys: the Service Authorization Reference.
"""

from __future__ import annotations

from typing import Any

from infra.grants import NO_RESOURCE, OWN_PREFIX, Conditions, Grant, allow, image_repositories, use_key
from infra.names import JOB_LOG_GROUPS, Names
from infra.teams import Team
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import KINDS
from pushtrain.catalog.tuning_job import LIST_TRIALS


def run_jobs(names: Names, kind: JobKind, key: str) -> list[Grant]:
    """Run jobs with `.sync`: create, describe, stop and tag jobs. A managed rule reports their end."""
    create, describe, stop = (kind.build_operation(verb) for verb in ("Create", "Describe", "Stop"))
    actions = f"sagemaker:AddTags {describe} ListTags {stop}"
    secured = "Jobs use the network and the key of the platform. Names of jobs start with the platform's prefix."
    rule = names.arn("events", f"rule/{kind.managed_rule}")
    own_jobs = "Names of jobs start with the platform's prefix. The rest depends on the run."
    managed_rule = "This managed rule tells Step Functions when a job ends."
    return [
        allow(
            f"{kind.aws_name}Jobs",
            f"sagemaker:{create}",
            names.job_pattern(kind),
            secured,
            secure_jobs(names, kind, key),
        ),
        allow(f"Follow{kind.aws_name}Jobs", actions, names.job_pattern(kind), own_jobs),
        allow(f"{kind.aws_name}JobEvents", "events:DescribeRule PutRule PutTargets", rule, managed_rule),
    ]


def secure_jobs(names: Names, kind: JobKind, key: str) -> Conditions:
    """Return the conditions on a new job: what `workflow.checks.platform` checks before, IAM checks again.

    An instance with NVMe disks takes no volume key, so the condition on that key holds if there is none. `Null` is for
    lists: all of no values are among any others.
    """
    network = names.settings.network
    conditions: dict[str, dict[str, Any]] = {
        "ArnEquals": {"sagemaker:OutputKmsKey": key},
        "ArnEqualsIfExists": {"sagemaker:VolumeKmsKey": key},
    }
    if "RemoteDebugConfig" in kind.refused_fields:
        conditions["BoolIfExists"] = {"sagemaker:EnableRemoteDebug": "false"}
    required = {
        "sagemaker:NetworkIsolation": network.isolation,
        "sagemaker:InterContainerTrafficEncryption": network.encrypt_between_containers,
    }
    if kind.network is not None and any(required.values()):
        conditions["Bool"] = {name: "true" for name, is_required in required.items() if is_required}
    if kind.network is not None and network.subnets:
        vpc = {"sagemaker:VpcSubnets": network.subnets, "sagemaker:VpcSecurityGroupIds": network.security_groups}
        conditions["ForAllValues:StringEquals"] = {name: list(values) for name, values in vpc.items()}
        conditions["Null"] = dict.fromkeys(vpc, "false")
    if types := names.settings.instance_types:
        conditions["ForAllValues:StringLike"] = {"sagemaker:InstanceTypes": list(types)}
        conditions["Null"] = {**conditions.get("Null", {}), "sagemaker:InstanceTypes": "false"}
    return conditions


def serve_models(names: Names) -> list[Grant]:
    """Create the model of a serving test, and delete it: the network is that of the platform."""
    network = names.settings.network
    conditions: dict[str, dict[str, Any]] = {}
    if network.isolation:
        conditions["Bool"] = {"sagemaker:NetworkIsolation": "true"}
    if network.subnets:
        vpc = {"sagemaker:VpcSubnets": network.subnets, "sagemaker:VpcSecurityGroupIds": network.security_groups}
        conditions["ForAllValues:StringEquals"] = {name: list(values) for name, values in vpc.items()}
        conditions["Null"] = dict.fromkeys(vpc, "false")
    test = f"Before a model is registered, it answers real requests. {OWN_PREFIX}"
    return [
        allow("TestModels", "sagemaker:CreateModel", names.model_pattern, test, conditions or None),
        allow("DropModels", "sagemaker:AddTags DeleteModel", names.model_pattern, test),
    ]


def run_containers(team: Team, key: str) -> list[Grant]:
    """Container: pull its image, use the key, write its log and its metrics."""
    names, for_volumes = team.names, {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    groups = [names.arn("logs", f"log-group:{group}*") for group in JOB_LOG_GROUPS.values()]
    create_logs = "logs:CreateLogGroup DescribeLogStreams"
    own_logs = "A log stream starts with the name of its job. The report reads the logs of a run's jobs."
    pull = "ecr:BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer"
    volumes = "SageMaker uses the key for the volume of the instance."
    describe = "SageMaker checks whether the key can be used."
    images = "Images come from AWS, from this account and from the accounts in the settings."
    return [
        use_key(names, key, "Decrypt Encrypt GenerateDataKey"),
        allow("KeyForVolumes", "kms:CreateGrant", key, volumes, for_volumes),
        allow("DescribeKey", "kms:DescribeKey", key, describe),
        allow("CreateJobLogs", create_logs, groups, "SageMaker writes the log of a job with the job's role."),
        allow("JobLogs", "logs:CreateLogStream PutLogEvents", team.job_log_streams, own_logs),
        allow("JobMetrics", "cloudwatch:PutMetricData", "*", NO_RESOURCE),
        allow("ImageLogin", "ecr:GetAuthorizationToken", "*", NO_RESOURCE),
        allow("PullImages", pull, image_repositories(names), images),
    ]


def see_jobs(team: Team) -> Grant:
    """Read what became of the team's jobs of every kind."""
    actions = " ".join(sorted((*(kind.build_operation("Describe") for kind in KINDS), LIST_TRIALS)))
    return allow("SeeJobs", f"sagemaker:{actions}", team.job_arn, OWN_PREFIX)


def network_grants(names: Names) -> list[Grant]:
    """Job in a VPC: SageMaker creates network interfaces in the subnets with the job's role."""
    network, interfaces = names.settings.network, names.arn("ec2", "network-interface/*")
    targets = [names.arn("ec2", f"subnet/{subnet}") for subnet in network.subnets]
    targets += [names.arn("ec2", f"security-group/{group}") for group in network.security_groups]
    change = "ec2:CreateNetworkInterfacePermission DeleteNetworkInterface DeleteNetworkInterfacePermission"
    describe = "ec2:DescribeDhcpOptions DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs"
    no_name = "A network interface has no name before it is created."
    return [
        allow("JoinNetwork", "ec2:CreateNetworkInterface", [interfaces, *targets], no_name),
        allow("KeepInterfaces", change, interfaces, no_name),
        allow("SeeNetwork", describe, "*", NO_RESOURCE),
    ]
