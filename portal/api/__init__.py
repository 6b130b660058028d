"""API views that put several apps together, as the pages of ``portal.pages`` do."""
