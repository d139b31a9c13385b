"""SageMaker on this machine: jobs that really run, their logs, and the model registry."""
