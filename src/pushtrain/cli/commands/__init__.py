"""One file per command word, and one folder per group of commands."""
