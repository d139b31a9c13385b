"""Checks of a definition before anything is created: against the rules of AWS, and against the platform. Pure."""
