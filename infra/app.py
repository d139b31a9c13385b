"""The CDK application: `python -m infra.app` writes the templates of an environment under cdk.out/.

Context (`-c name=value` of the CDK, or the variable of `make synth`): `environment`, the file of that name under
infra/environments (default dev); `settings`, the path of another file; `bundle`, the handlers' folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from infra.settings import FOLDER, load
from infra.stack import PlatformStack
from pushtrain.errors import PushtrainError

BUNDLE = Path("build/lambda")
# In the code, not in cdk.json: so tests, `make synth` and the CDK's command line build the very same template.
FLAGS = {
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,  # access logs to a bucket without ACLs
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/aws-iam:minimizePolicies": False,  # statements stay as they are written, each with its Sid
}


def build(settings: Path, bundle: Path, outdir: str | None = None) -> cdk.App:
    """The application of one environment. Synthesis raises where cdk-nag finds what nobody has answered."""
    app = cdk.App(context=FLAGS, outdir=outdir, analytics_reporting=False)
    PlatformStack(app, load(settings), bundle)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    return app


def main() -> None:
    """Read the context, write the cloud assembly."""
    context = cdk.App().node
    environment = context.try_get_context("environment") or "dev"
    settings = context.try_get_context("settings") or FOLDER / f"{environment}.yaml"
    try:
        build(Path(settings), Path(context.try_get_context("bundle") or BUNDLE)).synth()
    except PushtrainError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
