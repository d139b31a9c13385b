"""Storage that outlives the process: the store, S3 objects, and the notifications that call handlers."""
