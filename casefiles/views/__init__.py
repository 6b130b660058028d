"""Pages of case files, for the parties and for the court."""
