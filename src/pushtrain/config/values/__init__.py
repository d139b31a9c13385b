"""What one value of config.yaml may be: units, names, money, metrics, instances."""
