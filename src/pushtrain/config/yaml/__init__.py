"""Read YAML text: plain values, the line of each, and plain explanations of syntax errors."""
