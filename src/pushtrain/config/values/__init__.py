"""Single values of config.yaml: what they may be, and the pydantic types that check them."""
