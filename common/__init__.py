"""Shared building blocks without tables."""
