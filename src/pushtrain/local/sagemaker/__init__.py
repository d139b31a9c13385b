"""SageMaker on this computer: jobs that really run, their logs, and the model registry."""
