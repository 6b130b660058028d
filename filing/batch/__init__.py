"""Tables of claims: which columns a form has, templates to fill in, rows read from them, files with what is wrong."""
