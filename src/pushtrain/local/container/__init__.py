"""One SageMaker job without a container: /opt/ml, SM_*, environments, time limits, results."""
