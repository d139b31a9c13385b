"""Stand-in for sagemaker-containers, the older name of sagemaker-training: it installs on no Python after 3.8."""
