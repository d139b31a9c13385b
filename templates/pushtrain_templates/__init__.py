"""The built-in templates, one module each. Its parts are in the order in which a run comes to them."""
