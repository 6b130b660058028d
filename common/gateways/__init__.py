"""Clients of outside systems that several apps use."""
