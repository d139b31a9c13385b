"""Model repo + Platform -> the effects of a push of it, and the quotas that are too small for it."""
