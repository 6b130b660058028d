from tests.support.court import cast

__all__ = ["cast"]
