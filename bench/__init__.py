"""`make bench`: pages beside a bare view with the same queries, in a small and in a large court system (REL-55)."""
