"""The synthesised template with its references resolved to the names they will have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

KEY_ID = "0a1b2c3d"


class View:
    """`resources` of a template by logical id; every Ref, GetAtt and Join in them is text."""

    def __init__(self, template: Mapping[str, Any], *, account: str, region: str) -> None:
        self.raw: Mapping[str, Any] = template["Resources"]
        self.account, self.region = account, region
        self.resources: dict[str, dict[str, Any]] = {
            name: {**resource, "Properties": self.resolve(resource.get("Properties", {}))}
            for name, resource in self.raw.items()
        }

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Properties of all resources of a type, `AWS::` left out."""
        return [resource["Properties"] for resource in self.resources.values() if resource["Type"] == f"AWS::{kind}"]

    def one(self, kind: str, **properties: Any) -> dict[str, Any]:
        """Properties of the one resource of a type that has these."""
        matches = [resource for resource in self.of(kind) if properties.items() <= resource.items()]
        assert len(matches) == 1, f"{len(matches)} {kind} with {properties}"
        return matches[0]

    def role(self, name: str) -> list[dict[str, Any]]:
        """Statements of a role."""
        return self.role_statements(self.one("IAM::Role", RoleName=name))

    def role_statements(self, role: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Statements in the properties of a role."""
        return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]

    def managed(self, name: str) -> list[dict[str, Any]]:
        """Statements of a managed policy."""
        return self._statements("IAM::ManagedPolicy", ManagedPolicyName=name)

    def bucket_policy(self, kind: str) -> list[dict[str, Any]]:
        """Statements of the policy of one of the platform's buckets."""
        return self._statements("S3::BucketPolicy", Bucket=f"pushtrain-{kind}-{self.account}-{self.region}")

    def _statements(self, kind: str, **properties: str) -> list[dict[str, Any]]:
        matches: list[dict[str, Any]] = self.one(kind, **properties)["PolicyDocument"]["Statement"]
        return matches

    def resolve(self, value: Any) -> Any:
        """`value` with its functions replaced by the text they will be."""
        if isinstance(value, list):
            return [self.resolve(resource) for resource in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (function := next(iter(value))) in FUNCTIONS:
            return FUNCTIONS[function](self, value[function])
        return {key: self.resolve(resource) for key, resource in value.items()}

    def ref(self, name: str) -> str:
        """What a Ref is: the ARN of a topic or an alias, the name of anything else."""
        kind = self.raw.get(name, {}).get("Type", "").removeprefix("AWS::")
        return self.arn(name) if kind in {"SNS::Topic", "Lambda::Alias"} else self.name(name)

    def attribute(self, name: str, attribute: str) -> str:
        """What a GetAtt is."""
        attributes = {"Arn": self.arn, "QueueName": self.name}
        return attributes[attribute](name) if attribute in attributes else f"{name}.{attribute}"

    def name(self, name: str) -> str:
        """The name a resource was given, its logical id without one."""
        properties = self.raw.get(name, {}).get("Properties", {})
        return next((properties[kind] for kind in NAMED if isinstance(properties.get(kind), str)), name)

    def arn(self, name: str) -> str:
        """The ARN a resource will have."""
        kind, called = self.raw[name]["Type"].removeprefix("AWS::"), self.name(name)
        if kind == "Lambda::Alias":
            alias = self.raw[name]["Properties"]
            called = f"{self.resolve(alias['FunctionName'])}:{alias['Name']}"
        pattern = ARNS.get(kind, f"{name}.Arn")
        return pattern.format(home=f"{self.region}:{self.account}", account=self.account, name=called)


ARNS = {
    "KMS::Key": f"arn:aws:kms:{{home}}:key/{KEY_ID}",
    "S3::Bucket": "arn:aws:s3:::{name}",
    "IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "SQS::Queue": "arn:aws:sqs:{home}:{name}",
    "SNS::Topic": "arn:aws:sns:{home}:{name}",
    "Lambda::Alias": "arn:aws:lambda:{home}:function:{name}",
    "KinesisFirehose::DeliveryStream": "arn:aws:firehose:{home}:deliverystream/{name}",
    "Events::Rule": "arn:aws:events:{home}:rule/{name}",
}
NAMED = (
    "BucketName",
    "RoleName",
    "FunctionName",
    "QueueName",
    "TopicName",
    "LogGroupName",
    "DeliveryStreamName",
)
FUNCTIONS: dict[str, Callable[[View, Any], Any]] = {
    "Ref": View.ref,
    "Fn::GetAtt": lambda view, argument: view.attribute(*argument),
    "Fn::Join": lambda view, argument: argument[0].join(view.resolve(argument[1])),
    "Fn::Split": lambda view, argument: str(view.resolve(argument[1])).split(argument[0]),
    "Fn::Select": lambda view, argument: view.resolve(argument[1])[int(argument[0])],
}
