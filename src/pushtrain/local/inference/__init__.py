"""Serve a model version on this computer, with the rules of AWS's inference containers, but without a container."""
