"""Model repo + Platform -> what a push of it would do, and the quotas that are too small for it."""
