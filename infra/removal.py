"""What CloudFormation does with a resource that holds data when its stack is deleted.

Source: CloudFormation user guide, "DeletionPolicy attribute": with RetainExceptOnCreate a resource stays if the stack
is deleted, but not if the operation that creates it is rolled back. Otherwise a first deployment that fails would leave
buckets behind, and the next one would fail because their names exist.
"""

from __future__ import annotations

from aws_cdk import RemovalPolicy

KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
DELETED = RemovalPolicy.DESTROY
