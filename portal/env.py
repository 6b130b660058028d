"""Typed readers of the environment. A missing or bad value stops the start with one clear sentence."""

import base64
import binascii
import os
import re
import stat
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from django.core.exceptions import ImproperlyConfigured

DEMO_PREFIX = "demo:"
"""Every secret that the launcher makes starts with this, so that production can tell it and refuse."""

DEMO_FILE_LINE = "demo key: made by the launcher, refused in production"


class ConfigurationError(ImproperlyConfigured):
    """The environment does not describe a server that may start."""


class Env:
    """Reads one environment. `mode` decides what is refused: production takes no demo value."""

    def __init__(self, source: Mapping[str, str] | None = None) -> None:
        self.source = os.environ if source is None else source
        self.mode = self.choice("PORTAL_MODE", ("demo", "test", "production"))
        self.production = self.mode == "production"

    def text(self, name: str, default: str | None = None) -> str:
        """Plain text; without a default the variable must be set and not empty."""
        value = self.source.get(name, "").strip()
        if value:
            return value
        if default is None:
            raise ConfigurationError(f"{name} is not set; .env.example says what belongs there.")
        return default

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of a few words."""
        value = self.text(name, default)
        if value not in allowed:
            raise ConfigurationError(f"{name} is {value!r}, but must be one of: {', '.join(allowed)}.")
        return value

    def integer(self, name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
        """A whole number between low and high."""
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ConfigurationError(f"{name} is {value!r}, but must be a whole number from {low} to {high}.")
        return int(value)

    def boolean(self, name: str, default: bool) -> bool:
        """`true` or `false`, nothing else."""
        return self.choice(name, ("true", "false"), "true" if default else "false") == "true"

    def words(self, name: str, default: tuple[str, ...] | None = None) -> list[str]:
        """A comma-separated list."""
        value = self.text(name, None if default is None else ",".join(default))
        return [word.strip() for word in value.split(",") if word.strip()]

    def networks(self, name: str, default: str = "") -> list[str]:
        """Networks with blanks between."""
        values = self.text(name, default).split()
        for value in values:
            try:
                ip_network(value)
            except ValueError:
                raise ConfigurationError(
                    f"{name} names {value!r}, which is no network such as 10.0.0.0/8."
                ) from None
        return values

    def choices(self, name: str, allowed: tuple[str, ...]) -> list[str]:
        """A comma-separated list out of a few words, each at most once; empty when not set."""
        values = self.words(name, ())
        for value in values:
            if value not in allowed:
                raise ConfigurationError(f"{name} names {value!r}, but knows only: {', '.join(allowed)}.")
        if len(set(values)) < len(values):
            raise ConfigurationError(f"{name} names something twice.")
        return values

    def shares(self, name: str) -> dict[str, Decimal]:
        """Shares of one by name: `wechat=0.006,alipay=0.0055`; nothing set, nothing there."""
        found = {}
        for word in self.words(name, ()):
            key, _equals, share = word.partition("=")
            if not re.fullmatch(r"0(\.[0-9]{1,6})?", share.strip()):
                raise ConfigurationError(
                    f"{name} has {word!r}, but wants names with shares such as wechat=0.006."
                )
            found[key.strip()] = Decimal(share.strip())
        return found

    def rates(
        self, name: str, default: Mapping[str, tuple[int, int, int]]
    ) -> dict[str, tuple[int, int, int]]:
        """`read=120/300,upload=10/20`: times for one account and for one address; the seconds stay as they are."""
        found = dict(default)
        for word in self.words(name, ()):
            match = re.fullmatch(r"([a-z]+)=([0-9]{1,6})/([0-9]{1,6})", word)
            if not match or match[1] not in found:
                raise ConfigurationError(
                    f"{name} has {word!r}, but wants numbers such as read=120/300 for: {', '.join(found)}."
                )
            found[match[1]] = (int(match[2]), int(match[3]), found[match[1]][2])
        return found

    def hosts(self, name: str, default: tuple[str, ...] | None = None) -> list[str]:
        """Host names; production takes neither an empty list nor a wildcard."""
        hosts = self.words(name, default)
        if self.production and (not hosts or any("*" in host or host.startswith(".") for host in hosts)):
            raise ConfigurationError(f"{name} must list exact host names in production, without wildcard.")
        return hosts

    def url(self, name: str, default: str | None = None, *, secure: bool = True) -> str:
        """An http(s) address without trailing slash; production wants https unless `secure` is False."""
        value = self.text(name, default).rstrip("/")
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError(f"{name} is {value!r}, but must be an http or https address.")
        if self.production and secure and parts.scheme != "https":
            raise ConfigurationError(f"{name} must be an https address in production.")
        return value

    def address_and_port(self, name: str) -> tuple[str, int]:
        """`10.0.0.5:514` or `[fd00::5]:514`: an address, not a name, so that nothing is looked up at the start."""
        host, _colon, port = self.text(name).rpartition(":")
        try:
            return str(ip_address(host.strip("[]"))), int(port)
        except ValueError:
            raise ConfigurationError(f"{name} must read address:port, such as 10.0.0.5:514.") from None

    def store(self, name: str) -> str:
        """Address of a store of files: https in production, or http to a name without a dot, which only the inner network knows."""
        return self.url(name, secure="." in (urlsplit(self.text(name)).hostname or "."))

    def service(self, name: str, *, secure: bool = False) -> str:
        """Where a service listens: `unix:/path/of/socket`, or an address; on the inner network, unless it must be `secure`."""
        value = self.text(name)
        if value.startswith("unix:/"):
            return value
        return self.url(name, secure=secure)

    def secret(self, name: str, *, at_least: int = 32) -> str:
        """A secret text; production refuses a short, repetitive or demo one."""
        value = self.text(name)
        if self.production:
            if value.startswith(DEMO_PREFIX) or "insecure" in value:
                raise ConfigurationError(f"{name} is a demo key; make a new one for production.")
            if len(value) < at_least or len(set(value)) < 5:
                raise ConfigurationError(
                    f"{name} is too short for production: at least {at_least} characters."
                )
        return value

    def key(self, name: str) -> bytes:
        """A key of exactly 32 bytes, written in base64."""
        return self._decode(name, self.text(name))

    def key_ring(self, name: str) -> dict[str, bytes]:
        """`id=base64,id=base64`: several 32-byte keys; the first one writes, all of them read."""
        ring: dict[str, bytes] = {}
        for word in self.words(name):
            key_id, separator, encoded = word.partition("=")
            if not separator or not key_id.isalnum() or len(key_id) > 16 or key_id in ring:
                raise ConfigurationError(
                    f"{name} must read id=key,id=key with short, different ids of letters and digits."
                )
            ring[key_id] = self._decode(name, encoded)
        if not ring:
            raise ConfigurationError(f"{name} holds no key.")
        return ring

    def later_keys(self, name: str) -> dict[str, bytes]:
        """`id=base64,id=base64` in the order in which they came, or nothing; ids of at most eight characters, for they stand in rows."""
        keys = self.key_ring(name) if self.text(name, "") else {}
        for key_id in keys:
            if len(key_id) > 8:
                raise ConfigurationError(f"{name} must have ids of at most eight letters and digits.")
        return keys

    def _decode(self, name: str, encoded: str) -> bytes:
        if encoded.startswith(DEMO_PREFIX):
            if self.production:
                raise ConfigurationError(f"{name} is a demo key; make a new one for production.")
            encoded = encoded.removeprefix(DEMO_PREFIX)
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise ConfigurationError(f"{name} must be base64 text.") from None
        if len(key) != 32 or len(set(key)) < 5:
            raise ConfigurationError(f"{name} must decode to 32 random bytes, but has {len(key)}.")
        return key

    def file(self, name: str, *, private: bool = True) -> Path:
        """A readable file; in production no demo file, and a private one must not be open to other users."""
        path = Path(self.text(name))
        try:
            head = path.read_bytes()[:4096]
            mode = path.stat().st_mode
        except OSError as error:
            raise ConfigurationError(f"{name}: {path} cannot be read ({error.strerror}).") from None
        if self.production:
            if DEMO_FILE_LINE.encode() in head:
                raise ConfigurationError(f"{name}: {path} is a demo key; make a new one for production.")
            if private and mode & (stat.S_IRWXO | stat.S_IWGRP):
                raise ConfigurationError(
                    f"{name}: {path} is open to other users; set its mode to 0400 or 0440."
                )
        return path

    def like(self, name: str, pattern: str, such_as: str) -> str:
        """A text of a known shape."""
        value = self.text(name)
        if not re.fullmatch(pattern, value):
            raise ConfigurationError(f"{name} must read like {such_as}.")
        return value

    def certificate_of(self, name: str, *, serial: str, key: Path | None) -> Path:
        """A certificate in PEM that bears the number in the variable ``serial`` and belongs to the private key ``key``."""
        path = self.file(name, private=False)
        try:
            found = load_pem_x509_certificate(path.read_bytes())
            private = load_pem_private_key((key or path).read_bytes(), password=None)
        except (ValueError, TypeError):
            raise ConfigurationError(f"{name}: {path} or its key cannot be read.") from None
        if f"{found.serial_number:040X}" != self.text(serial).upper():
            raise ConfigurationError(f"{serial} is not the number of the certificate in {name}.")
        if found.public_key() != private.public_key():
            raise ConfigurationError(f"{name}: the certificate does not belong to the private key.")
        return path

    def database(self, name: str) -> dict[str, str]:
        """`postgresql://user:password@host:port/name?host=/socket/directory` as Django's connection keys."""
        parts = urlsplit(self.text(name))
        query = dict(parse_qsl(parts.query))
        if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
            raise ConfigurationError(f"{name} must read postgresql://user:password@host:port/name.")
        return {
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.get("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "SSLMODE": query.get("sslmode", "prefer"),
        }

    def redis(self, name: str) -> str:
        """`redis://host:port/0`, `rediss://…` or `unix:///path/of/socket`."""
        value = self.text(name)
        if urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            raise ConfigurationError(f"{name} must begin with redis://, rediss:// or unix://.")
        return value


def redis_url(base: str, database: int, *, for_celery: bool = False) -> str:
    """The same server with another database number, in the spelling of redis-py or of Celery."""
    if base.startswith("unix://"):
        path = base.removeprefix("unix://").partition("?")[0]
        if for_celery:
            return f"redis+socket://{path}?virtual_host={database}"
        return f"unix://{path}?db={database}"
    scheme, _, rest = base.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{database}"
