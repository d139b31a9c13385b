"""Reproduce a model version: whether its inputs are still the same, and how equal the model trained from them is."""
