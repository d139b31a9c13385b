"""The program that answers requests with a model, by the rules of its framework's inference container on AWS.

pushtrain copies this folder into the sandbox of the server and runs it there with the Python of the model's own
environment. So it imports nothing of pushtrain: only the standard library, and what the container's image has.
"""
