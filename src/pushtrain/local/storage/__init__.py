"""What outlives the process: the store, S3 objects, and the notifications that wake handlers."""
