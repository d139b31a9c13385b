"""The images that jobs and endpoints run, against the accounts and the region of a platform. Pure.

IAM limits the images of jobs by the platform's job role. Nothing of the platform limits those of endpoints, which run
with a role of the approvers' side, so both are checked before a definition is built.
"""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain.catalog.images import list_image_accounts
from pushtrain.config import ECR_IMAGE, Config, list_steps, list_variants
from pushtrain.config.candidates import CANDIDATES
from pushtrain.config.issue import format_key_path
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform


def check_images(config: Config, platform: Platform) -> None:
    """Raise TemplateError, with the key, for the first image of config.yaml that this platform does not run."""
    for key, image in _list_own_images(config):
        if problem := find_image_problem(image, platform):
            raise TemplateError(problem, key=key)


def find_image_problem(image: str, platform: Platform) -> str:
    """Return why a platform does not run an image, without its name; empty if it does.

    On this computer no image is pulled, so any may be named.
    """
    if platform.local_option:
        return ""
    uri = ECR_IMAGE.fullmatch(image)
    if uri is None:
        return (
            "is not an image in ECR, and SageMaker pulls from nowhere else. Push it to ECR of account "
            f"{platform.account}"
        )
    account, region = uri.groups()
    own = (platform.account, *platform.image_accounts)
    if account not in {*own, *list_image_accounts(region)}:
        return (
            f"is an image of account {account}. This platform runs images of AWS and of {', '.join(own)} only. Copy it "
            f"to ECR of {platform.account}, or add the account to `image_accounts` in the settings of the platform"
        )
    if region != platform.region:
        return (
            f"is in {region}, and SageMaker pulls images from its own region only: {platform.region}. Copy it there, "
            "for example with ECR's replication"
        )
    return ""


def _list_own_images(config: Config) -> Iterator[tuple[str, str]]:
    """Yield key and image of what config.yaml names by its URI: ("train.image", "123456789012.dkr.ecr…")."""
    for step in list_steps(config):
        if step.settings.image:
            yield f"{format_key_path(step.key_path)}.image", step.settings.image
    for variant in list_variants(config):
        registration = variant.config.registration
        if registration and registration.inference.image:
            section = f"{CANDIDATES}.{variant.name}." if variant.name else ""
            yield f"{section}register.inference.image", registration.inference.image
