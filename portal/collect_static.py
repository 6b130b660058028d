"""`python -m portal.collect_static`: gather static files while an image is built, before any secret exists.

The settings want a complete environment, so this makes throw-away demo keys in a temporary directory.
"""

import os
import tempfile
from pathlib import Path

from portal.keys import make


def main() -> None:
    """Write STATIC_ROOT."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        make(directory, demo=True)
        lines = (directory / "keys.env").read_text().splitlines()
        os.environ.update(dict(line.partition("=")[::2] for line in lines))
        os.environ.update(
            DJANGO_SETTINGS_MODULE="portal.settings",
            PORTAL_MODE="demo",
            PUBLIC_URL="http://127.0.0.1",
            DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
            REDIS_URL="redis://127.0.0.1:1/0",
            SMS_URL="http://127.0.0.1",
            RECEIPT_KEY_FILE=str(directory / "receipt.key.pem"),
            ZONE_PUBLIC_KEY_FILE=str(directory / "zone.public.pem"),
            SIGNER_URL="http://127.0.0.1:1",
            SEAL_TRUST_FILE=str(directory / "seal-trust.pem"),
            SEAL_CRL_FILE=str(directory / "seal-crls.pem"),
            TSA_URL="http://127.0.0.1:1",
            TSA_KEY_FILE=str(directory / "tsa" / "tsa.key.pem"),
            TSA_CERT_FILE=str(directory / "tsa" / "tsa.cert.pem"),
        )
        import django
        from django.core.management import call_command

        django.setup()
        call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
