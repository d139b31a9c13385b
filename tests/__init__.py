"""Tests. A package, because a library of the extra `sdk` installs another of that name."""
