"""Clean this computer: find and delete old runs, model versions, pushes and Python environments."""
