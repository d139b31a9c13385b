"""moto: what answers the requests that pushtrain does not answer itself, such as those of a job's own boto3.

In: the store, the operations of pushtrain. Out: after `start`, boto3 clients of this process and the endpoint of the
jobs reach moto, whose S3 has the objects of the store and whose other services have pushtrain's operations. It takes
a second to import, and most runs never need it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pushtrain.aws import find_boto3_client
from pushtrain.layout import PUSH_FILTER
from pushtrain.local.api import list_operations
from pushtrain.local.direct_calls import answer_directly
from pushtrain.local.direct_operations import DirectOperations
from pushtrain.local.identity import answer_with_user
from pushtrain.local.lookup.puts import list_buckets
from pushtrain.local.patches import Patches
from pushtrain.local.sagemaker.job_logs import JobLogs, is_of_jobs
from pushtrain.local.sagemaker.model_registry import ModelRegistry, serve_model_registry
from pushtrain.local.startup import import_moto
from pushtrain.local.states.install import Installation
from pushtrain.local.storage.direct_s3 import DirectS3
from pushtrain.local.storage.notifications import Functions, queue_notifications
from pushtrain.local.storage.objects import Objects
from pushtrain.local.storage.s3_requests import persist_s3
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform


class MotoServices:
    """moto, once it was started. As a context manager, it stops moto at the end.

    `event_sources` are those of `queue_notifications`; without any, the code bucket reports nothing. Without `store`,
    moto's S3 opens the store of `folder` a second time: then it sees what others of this process write, as it sees
    what other processes write.
    """

    def __init__(
        self,
        *,
        platform: Platform,
        folder: Path,
        store: Store | None,
        functions: Functions,
        event_sources: Mapping[str, str],
        registry: ModelRegistry,
    ) -> None:
        self._platform, self._folder, self._store = platform, folder, store
        self._functions, self._event_sources, self._registry = functions, event_sources, registry
        self._installation: Installation | None = None
        self._stack, self._lock = ExitStack(), threading.Lock()
        self._is_started = False

    def attach(self, installation: Installation) -> None:
        """Let moto answer with these operations when it starts."""
        self._installation = installation

    def start(self) -> None:
        """Start moto, once. Raises LocalError if it is not installed, or if the store cannot be used."""
        with self._lock:
            if self._is_started:
                return
            with ExitStack() as stack:
                self._enter_contexts(stack)
                self._stack = stack.pop_all()
            self._is_started = True

    def find_client(self, service: str) -> Any:
        """Return the boto3 client of a service."""
        self.start()
        return find_boto3_client(service, self._platform.region)

    def _enter_contexts(self, stack: ExitStack) -> None:
        assert self._installation is not None  # noqa: S101 - `attach` was called
        import_moto()
        stack.enter_context(start_moto())
        stack.enter_context(answer_with_user(self._platform))
        stack.enter_context(queue_notifications(self._functions, self._event_sources))
        store = self._store or stack.enter_context(Store(self._folder))
        objects = Objects(store=store, account=self._platform.account, partition=self._platform.partition)
        stack.enter_context(persist_s3(objects, after_request=self._functions.deliver))
        stack.enter_context(serve_model_registry(self._registry))
        _create_buckets(objects, self._platform, notify=bool(self._event_sources))
        self._installation.serve_over_moto()
        answerers = _build_answerers(self._installation, self._registry, self._platform.account)
        s3 = DirectS3(objects, self._functions.deliver)
        stack.enter_context(answer_directly({"s3": s3, **answerers}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _build_answerers(
    installation: Installation, registry: ModelRegistry, account: str
) -> Mapping[str, DirectOperations]:
    """Return what answers for each service with operations of pushtrain's own."""
    operations = installation.operations
    logs = list_operations(JobLogs(installation.jobs))
    return {
        "stepfunctions": DirectOperations(operations["stepfunctions"], account),
        "sagemaker": DirectOperations({**operations["sagemaker"], **list_operations(registry)}, account),
        "logs": DirectOperations(logs, account, is_of_jobs),
    }


@contextmanager
def start_moto() -> Iterator[None]:
    """Activate moto. `hide_aws_environment` has already set the credentials, so moto leaves them alone."""
    from moto.core import models  # noqa: PLC0415
    from moto.core.config import default_user_config  # noqa: PLC0415

    from pushtrain.local.moto_models import find_models_fast  # noqa: PLC0415 - it imports moto

    configured = default_user_config.copy()
    configured["core"] = {**default_user_config["core"], "mock_credentials": False}
    configured["stepfunctions"] = {"execute_state_machine": True}
    patches = Patches()
    patches.replace(models, "RESPONSES_METHODS", [])  # moto would write 1,300 answers to the unused library `requests`
    try:
        with find_models_fast(), models.MockAWS(configured):
            yield
    finally:
        patches.undo()


def _create_buckets(objects: Objects, platform: Platform, *, notify: bool) -> None:
    """Create the platform's buckets, versioned as CDK does it. With `notify`, the code bucket feeds the push queue."""
    for name in list_buckets(platform):
        if name not in objects.backend.buckets:
            objects.create_bucket(name, platform.region)
    objects.flush()
    if notify:
        rules = [{"Name": name, "Value": value} for name, value in PUSH_FILTER.items()]
        configuration = {
            "Id": "on_push",
            "Queue": platform.push_queue_arn,
            "Event": ["s3:ObjectCreated:*"],
            "Filter": {"S3Key": {"FilterRule": rules}},
        }
        bucket = objects.backend.buckets[platform.code_bucket]
        bucket.set_notification_configuration({"QueueConfiguration": [configuration]})
