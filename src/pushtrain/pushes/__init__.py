"""A push: a model repo is uploaded, the S3 event is read, the revision is read back."""
