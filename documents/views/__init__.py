"""Pages of this app: opening files and papers, and the print desk."""
