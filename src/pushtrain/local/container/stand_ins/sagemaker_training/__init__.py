"""Stand-in for the sagemaker-training toolkit, which builds from source. It has `environment.Environment`."""
