"""A model repo on disk: its files, revision and git facts, and its problems before a push."""
