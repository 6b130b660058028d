"""How long what is kept, and why (SEC-68, docs/adr/0033): the table, what carries it out, and who stops it."""
