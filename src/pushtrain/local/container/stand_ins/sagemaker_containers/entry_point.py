"""What training scripts call of sagemaker_containers.entry_point."""


def _wait_hostname_resolution() -> None:
    """Return at once: the names of the hosts resolve when a job starts."""
