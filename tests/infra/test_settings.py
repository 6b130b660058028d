"""Settings refuse what must not start (SEC-60); the sentence names the variable."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from launcher.checks import production_environment
from launcher.paths import ROOT


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A complete production environment with fresh keys."""
    return production_environment(tmp_path_factory.mktemp("production"))


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own."""
    command = [sys.executable, "-c", "import portal.settings as s; print(s.PASSWORD_HASHERS[0])"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.req("SEC-60")
def test_production_starts_when_complete(production: dict[str, str]) -> None:
    result = start(production)
    assert result.returncode == 0, result.stderr
    assert "Argon2" in result.stdout


DEMO_KEY = "demo:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="

REFUSED = {
    "no mode": ({"PORTAL_MODE": None}, "PORTAL_MODE is not set"),
    "unknown mode": ({"PORTAL_MODE": "live"}, "PORTAL_MODE is 'live'"),
    "debug": ({"DEBUG": "true"}, "DEBUG does not exist"),
    "no secret": ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
    "short secret": ({"SECRET_KEY": "abcdefgh"}, "SECRET_KEY is too short"),
    "repetitive secret": ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is too short"),
    "demo secret": ({"SECRET_KEY": "demo:" + "k3y" * 30}, "SECRET_KEY is a demo key"),
    "no index key": ({"INDEX_KEY": None}, "INDEX_KEY is not set"),
    "short index key": ({"INDEX_KEY": "QUJD"}, "INDEX_KEY must decode to 32"),
    "demo index key": ({"INDEX_KEY": DEMO_KEY}, "INDEX_KEY is a demo key"),
    "demo field key": ({"FIELD_KEYS": f"k1={DEMO_KEY}"}, "FIELD_KEYS is a demo key"),
    "field key without id": ({"FIELD_KEYS": "QUJDRA"}, "FIELD_KEYS must read id=key"),
    "any host": ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must list exact"),
    "any subdomain": ({"ALLOWED_HOSTS": ".example.cn"}, "ALLOWED_HOSTS must list exact"),
    "no host": ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
    "plain address": ({"PUBLIC_URL": "http://ssfw.example.cn"}, "PUBLIC_URL must be an https"),
    "plain SMS provider": ({"SMS_URL": "http://sms.example.cn"}, "SMS_URL must be an https"),
    "sandbox gateway": ({"PAYMENT_GATEWAYS": "sandbox"}, "PAYMENT_GATEWAYS names 'sandbox'"),
    "unknown gateway": ({"PAYMENT_GATEWAYS": "paypal"}, "PAYMENT_GATEWAYS names 'paypal'"),
    "fee of a gateway in percent": (
        {"PAYMENT_FEE_RATES": "wechat=0.6%"},
        "PAYMENT_FEE_RATES has 'wechat=0.6%'",
    ),
    "gateway named twice": ({"PAYMENT_GATEWAYS": "alipay,alipay"}, "PAYMENT_GATEWAYS names something twice"),
    "gateway without merchant": ({"PAYMENT_GATEWAYS": "wechat"}, "WECHAT_MERCHANT is not set"),
    "gateway in clear": (
        {"PAYMENT_GATEWAYS": "alipay", "ALIPAY_URL": "http://openapi.example.cn"},
        "ALIPAY_URL must be an https",
    ),
    "networks of staff with commas": (
        {"STAFF_DOOR_NETWORKS": "10.1.0.0/16,10.2.0.0/16"},
        "STAFF_DOOR_NETWORKS names '10.1.0.0/16,10.2.0.0/16', which is no network",
    ),
    "networks of the operator with commas": (
        {"STAFF_NETWORKS": "10.1.0.0/16,10.2.0.0/16"},
        "STAFF_NETWORKS names '10.1.0.0/16,10.2.0.0/16', which is no network",
    ),
    "no database": ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
    "other database": ({"DATABASE_URL": "mysql://a:b@c/d"}, "DATABASE_URL must read postgresql"),
    "owner without login": ({"PORTAL_DB_ROLE": "owner"}, "OWNER_DATABASE_URL is not set"),
    "other broker": ({"REDIS_URL": "amqp://broker"}, "REDIS_URL must begin with"),
    "receipt key absent": ({"RECEIPT_KEY_FILE": "/nonexistent.pem"}, "RECEIPT_KEY_FILE"),
    "unknown storage": ({"FILES_STORAGE": "ftp"}, "FILES_STORAGE is 'ftp'"),
    "bucket without address": ({"FILES_STORAGE": "s3"}, "BUCKET_ENDPOINT is not set"),
    "bucket in clear": (
        {"FILES_STORAGE": "s3", "BUCKET_ENDPOINT": "http://s3.example.cn"},
        "BUCKET_ENDPOINT must be an https",
    ),
    "files on a host of others": (
        {"FILES_URL": "https://files.example.org"},
        "FILES_URL must be a sub-domain",
    ),
    "sign-in by a WeChat that is not there": ({"WEIXIN_SIGN_IN": "true"}, "WEIXIN_APP_ID is not set"),
    "sign-in by half a DingTalk": (
        {"DINGTALK_SIGN_IN": "staff", "DINGTALK_CLIENT_ID": "ding0001"},
        "DINGTALK_CLIENT_SECRET is not set",
    ),
    "no mail server": ({"EMAIL_HOST": None}, "EMAIL_HOST is not set"),
}


@pytest.mark.req("SEC-60", "F-34")
@pytest.mark.parametrize("name", REFUSED)
def test_production_refuses(production: dict[str, str], name: str) -> None:
    changes, sentence = REFUSED[name]
    environment = {key: value for key, value in (production | changes).items() if value is not None}
    result = start(environment)
    assert result.returncode != 0
    assert sentence in result.stderr


@pytest.mark.req("SEC-60")
def test_production_refuses_demo_key_file(production: dict[str, str], tmp_path: Path) -> None:
    result = start(production | {"RECEIPT_KEY_FILE": os.environ["RECEIPT_KEY_FILE"]})
    assert result.returncode != 0
    assert "is a demo key" in result.stderr


@pytest.mark.req("SEC-60")
def test_production_refuses_key_file_open_to_others(production: dict[str, str], tmp_path: Path) -> None:
    copy = tmp_path / "receipt.key.pem"
    copy.write_bytes(Path(production["RECEIPT_KEY_FILE"]).read_bytes())
    copy.chmod(0o644)
    result = start(production | {"RECEIPT_KEY_FILE": str(copy)})
    assert result.returncode != 0
    assert "open to other users" in result.stderr


def pair() -> tuple[bytes, bytes, str]:
    """An RSA key, its certificate and the certificate's number."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "1900000001")])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), 0x5157F09E << 128 | 7, since, since.replace(year=2030)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = made.sign(key, hashes.SHA256())
    return private, certificate.public_bytes(serialization.Encoding.PEM), f"{certificate.serial_number:040X}"


@pytest.mark.req("SEC-60")
def test_production_refuses_a_gateway_serial_that_nobody_bears(
    production: dict[str, str], tmp_path: Path
) -> None:
    key, certificate, serial = pair()
    files = {
        "WECHAT_MERCHANT_KEY_FILE": key,
        "WECHAT_MERCHANT_CERT_FILE": certificate,
        "WECHAT_PUBLIC_KEY_FILE": b"-----BEGIN PUBLIC KEY-----\n",
        "WECHAT_API_KEY_FILE": b"0" * 32,
        "OTHER": pair()[0],
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o400)
    wechat = production | {name: str(tmp_path / name) for name in files}
    wechat |= {"PAYMENT_GATEWAYS": "wechat", "WECHAT_MERCHANT": "1900000001", "WECHAT_APP_ID": "wx0"}
    wechat |= {
        "WECHAT_MERCHANT_SERIAL": serial,
        "WECHAT_PLATFORM_SERIAL": "PUB_KEY_ID_0119000000012026000000000001",
    }
    assert start(wechat).returncode == 0
    for changes, sentence in (
        ({"WECHAT_MERCHANT_SERIAL": "0" * 40}, "WECHAT_MERCHANT_SERIAL is not the number of the certificate"),
        ({"WECHAT_MERCHANT_KEY_FILE": wechat["OTHER"]}, "does not belong to the private key"),
        ({"WECHAT_PLATFORM_SERIAL": serial}, "WECHAT_PLATFORM_SERIAL must read like PUB_KEY_ID"),
    ):
        refused = start(wechat | changes)
        assert refused.returncode != 0
        assert sentence in refused.stderr


@pytest.mark.req("SEC-60")
def test_deploy_check_is_clean(production: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    result = subprocess.run(command, cwd=ROOT, env=production, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr + result.stdout


def test_production_has_no_stand_ins_and_strict_cookies(production: dict[str, str]) -> None:
    program = (
        "import portal.settings as s\n"
        "assert 'standins' not in s.INSTALLED_APPS\n"
        "assert s.SESSION_COOKIE_NAME.startswith('__Host-') and s.SESSION_COOKIE_SECURE\n"
        "assert s.CSRF_COOKIE_NAME.startswith('__Host-') and s.CSRF_COOKIE_SECURE\n"
        "assert s.SECURE_HSTS_SECONDS >= 31536000 and s.SECURE_SSL_REDIRECT\n"
        "assert 'role=' not in s.DATABASES['default']['OPTIONS']['options']\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=production, check=True)


def _documented() -> Iterator[str]:
    for line in (ROOT / ".env.example").read_text().splitlines():
        name, separator, _value = line.removeprefix("# ").partition("=")
        if separator and name.isupper():
            yield name


def test_every_variable_is_documented() -> None:
    """.env.example names every variable that the settings read, and none that nobody reads."""
    source = "".join(
        (ROOT / path).read_text()
        for path in ("portal/settings.py", "portal/zone/settings.py", "portal/env.py", "portal/asgi.py")
    )
    pattern = r'(?:env\.[a-z_]+|environ\.get|self\.choice)\(\s*(?:"([A-Z_]+)")(?: if [^"]+ else "([A-Z_]+)")?'
    read = {name for found in re.findall(pattern, source) for name in found if name} - {"DEBUG"}
    read |= {"OWNER_DATABASE_URL"}
    read |= set(re.findall(r'environment\["([A-Z_]+)"\]', (ROOT / "signer/app.py").read_text()))
    assert read - set(_documented()) == set()
    used_elsewhere = {"WEB_THREADS"}
    compose = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert set(_documented()) - read - used_elsewhere - compose == set()


def _of_compose(text: str) -> Iterator[tuple[str, bool]]:
    """Each name of .env.example, and whether the comment above it says that compose does not take it."""
    inside, after_name = True, True
    for line in text.splitlines():
        name, separator, _value = line.removeprefix("# ").partition("=")
        is_name = bool(separator) and name.isupper()
        if is_name:
            yield name, inside
        else:  # a comment after a name begins anew
            inside = (inside or after_name) and "Compose does not take it" not in line
        after_name = is_name


def test_compose_takes_what_the_example_promises() -> None:
    """What an operator writes into .env reaches a container, or the example says that it does not."""
    compose = (ROOT / "docker-compose.yml").read_text()
    taken = dict(_of_compose((ROOT / ".env.example").read_text()))
    named = {name for name in taken if re.search(rf"\b{name}\b", compose)}
    assert {name for name, said in taken.items() if said} - named == set(), "promised, and never passed on"
    assert named - {name for name, said in taken.items() if said} == set(), "said to be out, but passed on"
    required = set(re.findall(r"\$\{([A-Z_]+):\?", compose))
    written = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert required - written == set(), "compose asks for it: a line without #"
