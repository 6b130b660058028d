#!/usr/bin/env python3
"""Django's command line. Settings come from the environment; `python3 dev.py manage …` sets it for the demo."""

import os
import sys


def main() -> None:
    """Run one management command; a refused setting ends with its sentence instead of a stack trace."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    from portal.env import ConfigurationError

    try:
        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.exit(f"Start refused: {error}")


if __name__ == "__main__":
    main()
