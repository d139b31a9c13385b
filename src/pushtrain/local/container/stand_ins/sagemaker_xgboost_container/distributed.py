"""What training scripts call of sagemaker_xgboost_container.distributed. Here a job has one host."""

from collections.abc import Callable, Sequence
from typing import Any


def rabit_run(
    exec_fun: Callable[..., Any],
    args: dict[str, Any],
    include_in_training: bool,
    hosts: Sequence[str],
    current_host: str,
    update_rabit_args: bool = False,
    **_: Any,
) -> None:
    """Call `exec_fun(**args)`, with `is_master` if `update_rabit_args`. Raises RuntimeError for several hosts."""
    if len(hosts) > 1:
        raise RuntimeError(f"{len(hosts)} hosts, such as {current_host}: on this computer a job has one")
    if include_in_training:
        exec_fun(**args, **({"is_master": True} if update_rabit_args else {}))
