from tests.support.court import cast
from tests.support.scans import told

__all__ = ["cast", "told"]
