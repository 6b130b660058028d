"""Pages of help: the party's side and the service desk."""
