"""Pages of threads: the party's side and the bench."""
