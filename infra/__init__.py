"""The CDK application: what an AWS account needs so that a push trains there. Nothing of `pushtrain` imports it."""
