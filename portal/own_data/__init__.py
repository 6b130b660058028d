"""One's own data to take home (SEC-68, docs/adr/0033): what is in it, how it is asked for, how the worker makes it."""
