"""Pages of this app: the scanned code (``scan``), the staff's desk of codes (``desk``), help at the counter (``counter``)."""
