"""The CDK application: `python -m infra.app` writes the CloudFormation template of an environment under cdk.out/.

Context (`-c name=value` of the CDK, or the variable of `make synth`): `environment`, the name of a file under
infra/environments (default dev); `settings`, the path of another settings file; `bundle`, the folder of the handlers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from infra.settings import ENVIRONMENTS, load_settings
from infra.stack import PlatformStack
from pushtrain.errors import PushtrainError

BUNDLE = Path("build/lambda")
# Set in code, not in cdk.json: tests, `make synth` and the CDK's command line then build the same template.
FLAGS = {
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,  # access logs go to a bucket without ACLs
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/aws-iam:minimizePolicies": False,  # do not merge statements: each keeps its Sid
}


def build_app(settings: Path, bundle: Path, outdir: str | None = None, *, warn: bool = True) -> cdk.App:
    """Return the CDK app of one environment. `synth()` raises if cdk-nag reports a rule that nobody acknowledged.

    With `warn`, `synth()` also prints warnings of the CDK's own rules, which take some seconds to load.
    """
    app = cdk.App(context=FLAGS, outdir=outdir, analytics_reporting=False, builtin_cloud_formation_validation=warn)
    PlatformStack(app, load_settings(settings), bundle)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    return app


def main() -> None:
    """Read the context and write the cloud assembly. Exit with a message if the settings or the bundle are wrong."""
    context = cdk.App().node
    environment = context.try_get_context("environment") or "dev"
    settings = context.try_get_context("settings") or ENVIRONMENTS / f"{environment}.yaml"
    try:
        build_app(Path(settings), Path(context.try_get_context("bundle") or BUNDLE)).synth()
    except PushtrainError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
