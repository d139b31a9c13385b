"""Rules that compare several keys of config.yaml. A rule yields an Issue for each key that breaks its docstring."""
