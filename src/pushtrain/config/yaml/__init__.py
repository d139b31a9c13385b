"""YAML text -> plain values with marks (line and column), and plain words for syntax errors."""
