"""From data to signed bytes: codes, QR, typst, seal and signature. No database, no request."""
