"""The environment of the processes: keys, addresses, modes. Whatever the caller has set wins."""

import os
import subprocess
from pathlib import Path

from launcher.paths import CACHE, PYTHON, ROOT, private_directory

KEY_FILES = {
    "RECEIPT_KEY_FILE": "receipt.key.pem",
    "SIGNER_KEY_FILE": "signer.key.pem",
    "SIGNER_CERT_FILE": "signer.cert.pem",
    "SIGNER_CA_FILE": "signer.ca.pem",
    "CASHIER_PUBLIC_KEY_FILE": "cashier.public.pem",
    "CASHIER_PRIVATE_KEY_FILE": "cashier.key.pem",
    "CASHIER_MERCHANT_KEY_FILE": "merchant.key.pem",
    "CASHIER_MERCHANT_PUBLIC_KEY_FILE": "merchant.public.pem",
}


def demo_keys(home: Path) -> dict[str, str]:
    """Keys of this installation, made on first use (0600, marked so that production refuses them)."""
    directory = private_directory(home / "keys")
    command: list[str | Path] = [PYTHON, "-m", "portal.keys", directory, "--demo"]
    subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    lines = (directory / "keys.env").read_text().splitlines()
    values = dict(line.partition("=")[::2] for line in lines if line)
    return values | {name: str(directory / file) for name, file in KEY_FILES.items()}


def environment(
    mode: str, home: Path, *, database_url: str, redis_url: str, public_url: str
) -> dict[str, str]:
    """Everything settings.py reads, for a portal on this machine; `home` takes its files."""
    private_directory(home / "static")
    private_directory(home / "files")
    made = {
        "PORTAL_MODE": mode,
        "PORTAL_VAR": str(home),
        "FONT_DIR": str(CACHE / "fonts"),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PUBLIC_URL": public_url,
        "SMS_URL": f"{public_url}/demo/sms/",
        "PAYMENT_GATEWAY": "sandbox",
        "CASHIER_URL": f"{public_url}/demo/cashier",
        "CASHIER_MERCHANT": "demo-court",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
        **demo_keys(home),
    }
    return made | dict(os.environ) | {"PORTAL_MODE": mode, "PORTAL_VAR": str(home)}
