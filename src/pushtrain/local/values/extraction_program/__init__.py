"""The program that reads the values of a model, in the environment of the training script and without pushtrain."""
