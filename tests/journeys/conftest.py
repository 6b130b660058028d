from tests.support.scans import told

__all__ = ["told"]
