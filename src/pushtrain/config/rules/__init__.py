"""Rules over several keys of config.yaml, and warnings about what is legal but surprising."""
