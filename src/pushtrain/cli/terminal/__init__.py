"""What the commands print, and how: text, tables, progress, excerpts."""
