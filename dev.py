#!/usr/bin/env python3
"""Everything on one machine: `python3 dev.py run|test|check|bench|coverage|drill|reset|manage`. Needs Python 3.11 only."""

import sys

if sys.version_info < (3, 11):
    sys.exit("The portal needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

from launcher.verbs import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
