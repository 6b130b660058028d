"""The environment of the processes: keys, addresses, modes. Whatever the caller has set wins."""

import os
import subprocess
from pathlib import Path

from launcher.paths import CACHE, PYTHON, ROOT, private_directory, socket_directory

KEY_FILES = {
    "RECEIPT_KEY_FILE": "receipt.key.pem",
    "ZONE_PUBLIC_KEY_FILE": "zone.public.pem",
    "SEAL_TRUST_FILE": "seal-trust.pem",
    "SEAL_CRL_FILE": "seal-crls.pem",
    "TSA_KEY_FILE": "tsa/tsa.key.pem",
    "TSA_CERT_FILE": "tsa/tsa.cert.pem",
    "CASHIER_PUBLIC_KEY_FILE": "cashier.public.pem",
    "CASHIER_PRIVATE_KEY_FILE": "cashier.key.pem",
    "CASHIER_MERCHANT_KEY_FILE": "merchant.key.pem",
    "CASHIER_MERCHANT_PUBLIC_KEY_FILE": "merchant.public.pem",
    "WECHAT_PUBLIC_KEY_FILE": "wechat.public.pem",
    "WECHAT_PRIVATE_KEY_FILE": "wechat.key.pem",
    "WECHAT_MERCHANT_KEY_FILE": "wechat-merchant.key.pem",
    "WECHAT_MERCHANT_PUBLIC_KEY_FILE": "wechat-merchant.public.pem",
    "WECHAT_API_KEY_FILE": "wechat-api.key",
    "ALIPAY_PUBLIC_KEY_FILE": "alipay.public.pem",
    "ALIPAY_PRIVATE_KEY_FILE": "alipay.key.pem",
    "ALIPAY_APP_KEY_FILE": "alipay-app.key.pem",
    "ALIPAY_APP_PUBLIC_KEY_FILE": "alipay-app.public.pem",
}


def demo_keys(home: Path) -> dict[str, str]:
    """Keys of this installation, made on first use (0600, marked so that production refuses them)."""
    directory = private_directory(home / "keys")
    command: list[str | Path] = [PYTHON, "-m", "portal.keys", directory, "--demo"]
    subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    lines = (directory / "keys.env").read_text().splitlines()
    values = dict(line.partition("=")[::2] for line in lines if line)
    return values | {name: str(directory / file) for name, file in KEY_FILES.items()}


def zone_environment(variables: dict[str, str]) -> dict[str, str]:
    """The same for the process of the complaint zone, the only one that is told where the zone's private key lies."""
    own = {
        "DJANGO_SETTINGS_MODULE": "portal.zone.settings",
        "ZONE_PRIVATE_KEY_FILE": str(Path(variables["ZONE_PUBLIC_KEY_FILE"]).with_name("zone.key.pem")),
    }
    return variables | own


def signer_environment(variables: dict[str, str]) -> dict[str, str]:
    """What the signer needs, and nothing of the portal's: no process but this one is told where the seals' keys lie."""
    home = Path(variables["PORTAL_VAR"])
    needed = ("PATH", "PORTAL_MODE", "PYTHONUNBUFFERED", "SIGNER_SECRET", "TZ")
    own = {
        "SIGNER_DIRECTORY": str(Path(variables["RECEIPT_KEY_FILE"]).with_name("seals")),
        "SIGNER_JOURNAL": str(home / "signer" / "journal.jsonl"),
    }
    return {name: variables[name] for name in needed if name in variables} | own


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
        "ZONE_SOCKET": str(socket_directory(home) / "zone"),
        "SIGNER_URL": f"unix:{socket_directory(home) / 'signer'}",
        "TSA_URL": f"unix:{socket_directory(home) / 'tsa'}",
        "SMS_URL": f"{public_url}/demo/sms/",
        "WEIXIN_URL": f"{public_url}/demo/weixin",
        "WEIXIN_ASK_URL": f"{public_url}/demo/weixin",
        "WEIXIN_APP_ID": "wxdemonotices00001",
        "WEIXIN_APP_SECRET": "demo:weixin-notices",
        "WEIXIN_TEMPLATES": str(ROOT / "standins" / "weixin_templates.json"),
        "WEIXIN_SIGN_IN": "true",
        "DINGTALK_SIGN_IN": "everybody",
        "DINGTALK_CLIENT_ID": "dingdemosignin0001",
        "DINGTALK_CLIENT_SECRET": "demo:dingtalk-sign-in",
        "DINGTALK_API_URL": f"{public_url}/demo/dingtalk",
        "DINGTALK_ASK_URL": f"{public_url}/demo/dingtalk",
        "IDENTITY_URL": f"{public_url}/demo/register",
        "IDENTITY_APP": "demo-court",
        "PAYMENT_GATEWAYS": "sandbox,wechat,alipay",
        "CASHIER_URL": f"{public_url}/demo/cashier",
        "CASHIER_MERCHANT": "demo-court",
        "WECHAT_URL": f"{public_url}/demo/wechat",
        "WECHAT_MERCHANT": "1900000001",
        "WECHAT_APP_ID": "wxdemocourt0000001",
        "WECHAT_MERCHANT_SERIAL": "5157F09EFDC096DE15EBE81A47057A7200000001",
        "WECHAT_PLATFORM_SERIAL": "PUB_KEY_ID_0119000000012026000000000001",
        "ALIPAY_URL": f"{public_url}/demo/alipay/gateway.do",
        "ALIPAY_APP_ID": "2021000000000001",
        "ALIPAY_SELLER_ID": "2088000000000001",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
        **demo_keys(home),
    }
    if os.environ.get("SEALER") == "vendor":
        made |= vendor_environment(home, made)
    return made | dict(os.environ) | {"PORTAL_MODE": mode, "PORTAL_VAR": str(home)}


def vendor_environment(home: Path, made: dict[str, str]) -> dict[str, str]:
    """The stand-in of a vendor's sealing service, whose root is believed beside the demo's own (docs/adr/0022)."""
    directory = private_directory(home / "vendor-seal")
    subprocess.run(
        [PYTHON, "-m", "standins.vendor_seal", directory], cwd=ROOT, check=True, stdin=subprocess.DEVNULL
    )
    places = {}
    for variable, name in (("SEAL_TRUST_FILE", "root.pem"), ("SEAL_CRL_FILE", "crl.pem")):
        both = directory / f"with-{Path(made[variable]).name}"
        both.write_bytes(Path(made[variable]).read_bytes() + (directory / name).read_bytes())
        places[variable] = str(both)
    return places | {
        "VENDOR_SEAL_DIRECTORY": str(directory),
        "VENDOR_SEAL_URL": f"unix:{socket_directory(home) / 'vendor'}",
        "VENDOR_SEAL_APP": "demo",
        "VENDOR_SEAL_SECRET": made["SIGNER_SECRET"][::-1],
    }
