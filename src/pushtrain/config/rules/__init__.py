"""Rules that compare several keys of config.yaml. A rule takes a Config and yields Issues."""
