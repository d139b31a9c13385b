"""`python -m pushtrain`."""

from pushtrain.cli import main

main()
