"""A folder -> files, revision, git facts, and everything wrong with it before a push."""
