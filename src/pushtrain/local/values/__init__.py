"""Compare the values of models on this computer, in the Python environments of the scripts that trained them."""
