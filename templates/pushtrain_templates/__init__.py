"""Templates: one file each, reading top to bottom like the diagram it draws."""
