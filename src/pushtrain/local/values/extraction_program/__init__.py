"""The program that reads the values of a model. It runs in the environment of the training script, without pushtrain."""
