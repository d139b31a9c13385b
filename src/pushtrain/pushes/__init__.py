"""A push: upload a model repo, read the S3 event that this causes, read the uploaded revision."""
