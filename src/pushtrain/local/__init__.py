"""AWS on this computer: S3, SageMaker and Step Functions in this process, with jobs that really run the scripts.

In: a store folder and a Platform. Out: `LocalAws` (aws.py), and `run_model_repo` (run.py), which `pushtrain run` calls.
"""
