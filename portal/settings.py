"""All settings. Values of an installation come from the environment only (.env.example explains each)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from documents.buckets import bucket_options, write_once_options
from portal.env import ConfigurationError, Env, redis_url
from portal.timetable import beat_schedule

env = Env()

# --- where and what -------------------------------------------------------------------------------------------
PORTAL_MODE = env.mode
PRODUCTION = env.production
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("PORTAL_VAR", str(BASE_DIR / "var")))

DEBUG = False
if env.boolean("DEBUG", default=False):
    raise ConfigurationError("DEBUG does not exist here: it is off in every mode. Remove the variable.")

SECRET_KEY = env.secret("SECRET_KEY", at_least=50)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", ())

SERVICE_NAME = env.text("SERVICE_NAME", "码上通 · 诉讼服务")
COURT_NAME = env.text("COURT_NAME", None if PRODUCTION else "某省某市示例区人民法院")
"""Stands in the header and title of every page."""
COURT_HOTLINE = env.text("COURT_HOTLINE", "12368")
HOTLINE_HOURS = env.text("HOTLINE_HOURS", "工作日 8:30–17:30")
COURT_EMBLEM = env.text("COURT_EMBLEM", "")
"""Address of the official emblem's file for the home page; a court places it itself."""
PUBLIC_URL = env.url("PUBLIC_URL")
"""The address people see and that is printed on papers, without trailing slash."""
SITE_HOST = urlsplit(PUBLIC_URL).netloc
ALLOWED_HOSTS = env.hosts(
    "ALLOWED_HOSTS", None if PRODUCTION else ("localhost", "127.0.0.1", "[::1]", "testserver")
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
STAFF_NETWORKS = env.networks("STAFF_NETWORKS", "127.0.0.0/8 ::1/128")
"""Networks that see the details of /readyz and /metrics, with blanks between."""
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 1 if PRODUCTION else 0, high=5)
"""Own proxies in front of the portal: so many entries of X-Forwarded-For are believed, from the right (REL-60)."""
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
RATE_LIMITS = env.rates(
    "RATE_LIMITS",
    {
        "read": (120, 300, 60),
        "write": (30, 60, 60),
        "search": (30, 60, 60),
        "upload": (10, 20, 60),
        "export": (2, 0, 3600),
    },
)
"""Class of route → how often for one account, for one address (0: not counted), within so many seconds (REL-60)."""
RATE_LIMITS_TIMES = env.integer("RATE_LIMITS_TIMES", 1 if PRODUCTION else 100, low=1)
"""Demo and tests ask for much from one address: there every limit is that many times as high."""
STAFF_DOOR_NETWORKS = env.networks("STAFF_DOOR_NETWORKS")
"""Networks from which staff may sign in and work (SEC-04), with blanks between, as the edge reads them; none named: from everywhere."""
STAFF_HOST = env.text("STAFF_HOST", "")
"""The host under which staff pages answer (SEC-04), with its port where it has one; elsewhere they are 404. None: everywhere."""
if STAFF_HOST:
    ALLOWED_HOSTS.append(STAFF_HOST.partition(":")[0])
    CSRF_TRUSTED_ORIGINS.append(f"{urlsplit(PUBLIC_URL).scheme}://{STAFF_HOST}")

# --- parts ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "common",
    "eventlog",
    "accounts",
    "courts",
    "documents",
    "guides",
    "cases",
    "filing",
    "payments",
    "qrlinks",
    "feedback",
    "assistance",
    "casefiles",
    "complaints",
    "notifications",
    "stats",
    "portal",
]
if not PRODUCTION:
    INSTALLED_APPS.append("standins")

MIDDLEWARE = [
    "portal.middleware.RequestLogMiddleware",
    "portal.middleware.PageHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.DatabaseDownMiddleware",
    "documents.files_host.FilesHostMiddleware",
    "accounts.middleware.SessionCookieMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ActorMiddleware",
    "portal.rates.RateMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "common.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "portal.context.site",
                "portal.desks.desk",
            ],
        },
    }
]

# --- language and time ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- database -------------------------------------------------------------------------------------------------
# Two roles (DESIGN §9): the owner changes the schema, portal_app runs the portal. One machine: one trusted login
# that steps down with `role`. Production: two logins, and only the migrate job knows the owner's.
# A third one, portal_zone, belongs to the process of the complaint zone alone (docs/adr/0012).
APP_ROLE, ZONE_ROLE = "portal_app", "portal_zone"
DATABASE_ROLE = env.choice("PORTAL_DB_ROLE", ("app", "owner"), "app")
TIMEOUTS_MS = {
    "lock_timeout": 3_000,
    "statement_timeout": 10_000,
    "idle_in_transaction_session_timeout": 15_000,
}


def database_settings(role: str) -> dict[str, Any]:
    """Django's entry for the database as `app` or `zone` (with time-outs, REL-35) or as `owner` (migrations)."""
    separate = bool(env.text("OWNER_DATABASE_URL", ""))
    own_login = {"owner": "OWNER_DATABASE_URL" if separate else "", "zone": "ZONE_DATABASE_URL"}.get(role, "")
    if role == "zone" and not PRODUCTION and not env.text("ZONE_DATABASE_URL", ""):
        own_login = ""
    if PRODUCTION and role == "owner" and not separate:
        raise ConfigurationError("OWNER_DATABASE_URL is not set, but PORTAL_DB_ROLE is owner.")
    entry: dict[str, Any] = dict(env.database(own_login or "DATABASE_URL"))
    start = ["-c timezone=UTC"]
    if role != "owner":
        start += [f"-c {name}={value}" for name, value in TIMEOUTS_MS.items()]
        if not separate and not PRODUCTION:
            start.append(f"-c role={ZONE_ROLE if role == 'zone' else APP_ROLE}")
    else:
        start += ["-c lock_timeout=5000"]
    options = {
        "options": " ".join(start),
        "sslmode": entry.pop("SSLMODE"),
        "application_name": f"portal {role}",
    }
    if env.boolean("PGBOUNCER", default=False):
        del options[
            "options"
        ]  # the pool refuses start options; prepare_database sets the time-outs on the role
    return entry | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options | {"connect_timeout": 3},
    }


DATABASES = {"default": database_settings(DATABASE_ROLE)}
LISTEN_DATABASE_URL = env.text("LISTEN_DATABASE_URL", env.text("DATABASE_URL"))
"""For LISTEN, past any pooler: it does not pass transaction mode."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- sign-in and cookies --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if (
    PORTAL_MODE == "test"
):  # hundreds of sign-ins in the suite; a test proves that the other modes use Argon2id
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
STAFF_PASSWORD_COMPLEX = env.boolean("STAFF_PASSWORD_COMPLEX", default=False)
"""New staff passwords need three kinds of characters: some assessors of 等保三级 ask for it. The public's never do (SEC-01)."""

STAFF_PASSWORD_DAYS = env.integer("STAFF_PASSWORD_DAYS", 0, high=3650)
"""Staff passwords are changed after so many days; 0: never. The public's never are (SEC-01)."""

STAFF_SECOND_FACTOR = PRODUCTION or env.boolean("STAFF_SECOND_FACTOR", default=PORTAL_MODE == "test")
"""Staff sign in with a second step (SEC-04). Off in the demo; in production no variable switches it off."""

OTP_USUAL = env.integer("OTP_USUAL", 200, low=1)
"""Codes by text message an hour that are never called unusual (SEC-03); above three times the usual number people wait."""

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- headers --------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- outside systems ------------------------------------------------------------------------------------------
IDENTITY_URL = env.url("IDENTITY_URL")
"""The register that says whether a name and a number belong together (common.gateways.registers, SEC-09)."""
IDENTITY_APP = env.text("IDENTITY_APP")
"""Under what name it knows this portal."""
IDENTITY_SECRET = env.secret("IDENTITY_SECRET")
"""Proves portal and register to each other."""
SMS_PROVIDER = env.choice("SMS_PROVIDER", ("http", "aliyun", "tencent"), "http")
"""Who sends text messages, and in which protocol (common.gateways.sms)."""
SMS_URL = env.url("SMS_URL")
SMS_TOKEN = env.secret("SMS_TOKEN", at_least=16)
"""Bearer token of an ``http`` provider, secret key of the account at the others."""
SMS_ACCOUNT = env.text("SMS_ACCOUNT") if SMS_PROVIDER != "http" else ""
SMS_SIGNATURE = env.text("SMS_SIGNATURE") if SMS_PROVIDER != "http" else ""
SMS_TEMPLATES = env.file("SMS_TEMPLATES", private=False) if SMS_PROVIDER != "http" else None
"""The texts as the provider approved them (common.gateways.sms_templates)."""
SMS_APP = env.text("SMS_APP") if SMS_PROVIDER == "tencent" else ""
SMS_REGION = env.text("SMS_REGION", "ap-guangzhou")
TEXTS_PER_MINUTE = env.integer("TEXTS_PER_MINUTE", 600, low=1)
"""So many texts leave in one minute, whatever waits (REL-22); one-time codes are counted apart."""
QUIET_HOURS = env.choice(
    "QUIET_HOURS", ("22-7", "21-8", "23-6", "none"), "none" if PORTAL_MODE == "test" else "22-7"
)
"""Beijing hours without ordinary texts for everybody who did not choose others; tests run at any hour."""
WEIXIN_APP_ID = env.text("WEIXIN_APP_ID", "")
"""The court's 服务号 at WeChat; empty: no notices there (common.gateways.weixin)."""
WEIXIN_APP_SECRET = env.secret("WEIXIN_APP_SECRET", at_least=16) if WEIXIN_APP_ID else ""
WEIXIN_TEMPLATES = env.file("WEIXIN_TEMPLATES", private=False) if WEIXIN_APP_ID else None
WEIXIN_URL = env.url("WEIXIN_URL", "https://api.weixin.qq.com")
WEIXIN_ASK_URL = env.url("WEIXIN_ASK_URL", "https://open.weixin.qq.com")
"""Where a person is asked, inside of WeChat, whether it is he."""
WEIXIN_SIGN_IN = env.boolean("WEIXIN_SIGN_IN", default=False)
"""Whether people may come in with their WeChat once they have bound it (docs/adr/0040)."""
if WEIXIN_SIGN_IN and not WEIXIN_APP_ID:
    raise ConfigurationError("WEIXIN_SIGN_IN is on, but WEIXIN_APP_ID is not set.")
STAFF_GROUP = env.choice("STAFF_GROUP", ("none", "dingtalk"), "none")
"""Whether a robot tells the staff's own group that a file is damaged or money fits no bill (common.gateways.dingtalk)."""
DINGTALK_URL = env.url("DINGTALK_URL", "https://oapi.dingtalk.com")
DINGTALK_TOKEN = env.text("DINGTALK_TOKEN") if STAFF_GROUP == "dingtalk" else ""
"""access_token of the robot."""
DINGTALK_SECRET = env.secret("DINGTALK_SECRET", at_least=16) if STAFF_GROUP == "dingtalk" else ""
DINGTALK_SIGN_IN = env.choice("DINGTALK_SIGN_IN", ("none", "staff", "everybody"), "none")
"""Who may come in with his DingTalk once he has bound it (docs/adr/0040); for staff it replaces the password, never the second step."""
DINGTALK_CLIENT_ID = env.text("DINGTALK_CLIENT_ID") if DINGTALK_SIGN_IN != "none" else ""
"""AppKey of the court's application at DingTalk."""
DINGTALK_CLIENT_SECRET = (
    env.secret("DINGTALK_CLIENT_SECRET", at_least=16) if DINGTALK_SIGN_IN != "none" else ""
)
DINGTALK_API_URL = env.url("DINGTALK_API_URL", "https://api.dingtalk.com")
DINGTALK_ASK_URL = env.url("DINGTALK_ASK_URL", "https://login.dingtalk.com")
"""Where a person says that it is he."""
PAYMENT_GATEWAYS = env.choices(
    "PAYMENT_GATEWAYS", ("wechat", "alipay") if PRODUCTION else ("sandbox", "wechat", "alipay")
)
"""Gateways a payer may choose from, in this order; none: paying online is closed. `sandbox` is the demo cashier."""
SANDBOX_ON, WECHAT_ON, ALIPAY_ON = (code in PAYMENT_GATEWAYS for code in ("sandbox", "wechat", "alipay"))
CASHIER_URL = env.url("CASHIER_URL") if SANDBOX_ON else ""
CASHIER_MERCHANT = env.text("CASHIER_MERCHANT") if SANDBOX_ON else ""
CASHIER_PUBLIC_KEY_FILE = env.file("CASHIER_PUBLIC_KEY_FILE", private=False) if SANDBOX_ON else None
"""Checks what the gateway signs."""
CASHIER_MERCHANT_KEY_FILE = env.file("CASHIER_MERCHANT_KEY_FILE") if SANDBOX_ON else None
"""Signs what we send to the gateway."""
WECHAT_URL = env.url("WECHAT_URL", "https://api.mch.weixin.qq.com") if WECHAT_ON else ""
WECHAT_MERCHANT = env.text("WECHAT_MERCHANT") if WECHAT_ON else ""
WECHAT_APP_ID = env.text("WECHAT_APP_ID") if WECHAT_ON else ""
WECHAT_MERCHANT_SERIAL = (
    env.like("WECHAT_MERCHANT_SERIAL", "[0-9A-Fa-f]{40}", "the 40 characters of the certificate's number")
    if WECHAT_ON
    else ""
)
WECHAT_MERCHANT_KEY_FILE = env.file("WECHAT_MERCHANT_KEY_FILE") if WECHAT_ON else None
if WECHAT_ON and PRODUCTION:  # a serial that no certificate bears would be found by the first payer (SEC-60)
    env.certificate_of(
        "WECHAT_MERCHANT_CERT_FILE", serial="WECHAT_MERCHANT_SERIAL", key=WECHAT_MERCHANT_KEY_FILE
    )
WECHAT_PLATFORM_SERIAL = (
    env.like("WECHAT_PLATFORM_SERIAL", "PUB_KEY_ID_[0-9]{20,40}", "PUB_KEY_ID_01…") if WECHAT_ON else ""
)
"""Whose signature counts: an answer or a notice under any other serial proves nothing."""
WECHAT_PUBLIC_KEY_FILE = env.file("WECHAT_PUBLIC_KEY_FILE", private=False) if WECHAT_ON else None
WECHAT_API_KEY_FILE = env.file("WECHAT_API_KEY_FILE") if WECHAT_ON else None
"""Holds the APIv3 key (32 characters) that decrypts callbacks, on its last line."""
ALIPAY_URL = env.url("ALIPAY_URL", "https://openapi.alipay.com/gateway.do") if ALIPAY_ON else ""
ALIPAY_APP_ID = env.text("ALIPAY_APP_ID") if ALIPAY_ON else ""
ALIPAY_SELLER_ID = env.text("ALIPAY_SELLER_ID") if ALIPAY_ON else ""
ALIPAY_APP_KEY_FILE = env.file("ALIPAY_APP_KEY_FILE") if ALIPAY_ON else None
ALIPAY_PUBLIC_KEY_FILE = env.file("ALIPAY_PUBLIC_KEY_FILE", private=False) if ALIPAY_ON else None
# the stand-ins play the gateways and hold the gateways' side of each pair
CASHIER_PRIVATE_KEY_FILE = CASHIER_MERCHANT_PUBLIC_KEY_FILE = None
WECHAT_PRIVATE_KEY_FILE = WECHAT_MERCHANT_PUBLIC_KEY_FILE = None
ALIPAY_PRIVATE_KEY_FILE = ALIPAY_APP_PUBLIC_KEY_FILE = None
if SANDBOX_ON:
    CASHIER_PRIVATE_KEY_FILE = env.file("CASHIER_PRIVATE_KEY_FILE")
    CASHIER_MERCHANT_PUBLIC_KEY_FILE = env.file("CASHIER_MERCHANT_PUBLIC_KEY_FILE", private=False)
if WECHAT_ON and not PRODUCTION:
    WECHAT_PRIVATE_KEY_FILE = env.file("WECHAT_PRIVATE_KEY_FILE")
    WECHAT_MERCHANT_PUBLIC_KEY_FILE = env.file("WECHAT_MERCHANT_PUBLIC_KEY_FILE", private=False)
if ALIPAY_ON and not PRODUCTION:
    ALIPAY_PRIVATE_KEY_FILE = env.file("ALIPAY_PRIVATE_KEY_FILE")
    ALIPAY_APP_PUBLIC_KEY_FILE = env.file("ALIPAY_APP_PUBLIC_KEY_FILE", private=False)
CASHIER_HOSTS = (
    ["https://wx.tenpay.com"] * WECHAT_ON + ["https://*.alipay.com"] * ALIPAY_ON
    if PRODUCTION
    else sorted({"/".join(url.split("/")[:3]) for url in (CASHIER_URL, WECHAT_URL, ALIPAY_URL) if url})
)
"""Where a payer may be sent on to from the bill."""
PAYMENT_FEE_RATES = env.shares("PAYMENT_FEE_RATES")
"""What each gateway keeps of a payment by contract; its daily bill is held against it. Not named: nothing."""
OUTSIDE_CONNECT_SECONDS, OUTSIDE_READ_SECONDS = 2, 5

WEBHOOK_NETWORKS = env.networks("WEBHOOK_NETWORKS", "" if PRODUCTION else "127.0.0.0/8 ::1/128")
"""Networks that are not public and that people's own software may still be called in (SEC-65)."""
WEBHOOK_OFF_DAYS = env.integer("WEBHOOK_OFF_DAYS", 5, low=1, high=60)
"""An address that took nothing for so many days is switched off, and its owner is told."""

SIGN_IN_HOSTS = sorted(
    {
        "/".join(url.split("/")[:3])
        for url in [WEIXIN_ASK_URL] * WEIXIN_SIGN_IN + [DINGTALK_ASK_URL] * (DINGTALK_SIGN_IN != "none")
    }
)
"""Where somebody may be sent on to who comes in with WeChat or DingTalk."""

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *CASHIER_HOSTS, *SIGN_IN_HOSTS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", None if PRODUCTION else "portal@court.invalid"
)
EMAIL_HOST = env.text("EMAIL_HOST", None if PRODUCTION else "127.0.0.1")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", default=PRODUCTION)
MAIL_TOKEN = env.secret("MAIL_TOKEN", at_least=16)
"""Proves what the mail server says came back (common.gateways.mail)."""

# --- keys -----------------------------------------------------------------------------------------------------
FIELD_KEYS = env.key_ring("FIELD_KEYS")
"""Key id → 32 bytes for personal columns; the first writes, all of them read."""
FIELD_CIPHER = env.choice("FIELD_CIPHER", ("aes", "sm4"), "aes")
"""AES-256-GCM or SM4-GCM for new values; each names its own, so both are read (SEC-43, docs/adr/0034)."""
INDEX_KEY = env.key("INDEX_KEY")
TOKEN_KEY = env.key("TOKEN_KEY")
INDEX_LATER_KEYS = env.later_keys("INDEX_LATER_KEYS")
TOKEN_LATER_KEYS = env.later_keys("TOKEN_LATER_KEYS")
"""Key id → 32 bytes that came after the first key, in their order; each is laid over those before (common.keyed)."""
RECEIPT_KEY_FILE = env.file("RECEIPT_KEY_FILE")
ZONE_PUBLIC_KEY_FILE = env.file("ZONE_PUBLIC_KEY_FILE", private=False)
"""Seals complaints. What opens them is known to the process of the complaint zone alone (portal.zone.settings)."""
ZONE_PRIVATE_KEY_FILE: Path | None = None
ZONE_SOCKET = env.text("ZONE_SOCKET", "")
"""On one machine the zone's process listens here and portal.asgi hands its addresses on; else the edge does (SEC-30)."""

# --- seals on papers (docs/adr/0017) ----------------------------------------------------------------------------
SIGNER_URL = env.service("SIGNER_URL")
SIGNER_SECRET = env.secret("SIGNER_SECRET") if env.text("SIGNER_SECRET", "") else ""
"""Only the worker needs it: a process without it can check signatures and have none made."""
SEALER = env.choice("SEALER", ("own", "vendor"), "own")
"""Whose seal stands on papers: our signer's (PAdES, ECDSA P-256), or a national one of a vendor's service (SM2, docs/adr/0022)."""
VENDOR_SEAL_URL = env.service("VENDOR_SEAL_URL", secure=True) if SEALER == "vendor" else ""
VENDOR_SEAL_APP = env.text("VENDOR_SEAL_APP") if SEALER == "vendor" else ""
"""Under what name the vendor knows this portal."""
VENDOR_SEAL_SECRET = env.secret("VENDOR_SEAL_SECRET") if env.text("VENDOR_SEAL_SECRET", "") else ""
"""Proves portal and vendor to each other. Only the worker needs it, and who takes a seal into use."""
SEAL_NAME = env.text("SEAL_NAME", "court")
"""The seal of this installation's court, for every court and division without a row of its own."""
SEAL_TRUST_FILE = env.file("SEAL_TRUST_FILE", private=False)
"""Root certificates of seals and time stamps (PEM, any number)."""
SEAL_CRL_FILE = env.file("SEAL_CRL_FILE", private=False)
"""Their revocation lists (PEM, any number); read again when the file changes."""
TSA_URL = env.service("TSA_URL")
ANCHORS_DIR = env.text("ANCHORS_DIR", "" if PRODUCTION else str(VAR_DIR / "anchors"))
"""Where each anchor of the trail is written once more, outside of database and portal (docs/adr/0024); empty: nowhere."""
TRAIL_HOLD_HOURS = env.integer("TRAIL_HOLD_HOURS", 24 if PRODUCTION else 0)
"""So long after the last witnessed anchor acceptance and delivery wait (SEC-44). 0, never: the demo begins in the past."""
BACKUP_DIR, BACKUP_COPY_DIR = env.text("BACKUP_DIR", ""), env.text("BACKUP_COPY_DIR", "")
"""Where `manage.py backup` writes, and the place of the copies that nobody can overwrite (docs/adr/0031)."""
BACKUP_DAYS = env.integer("BACKUP_DAYS", 35, low=8, high=400)
"""So long a backup stays in BACKUP_DIR (个人信息保护法19, 47: no longer than it is needed); a base is made each week, the copies are locked for 400."""
WRITE_ONCE: dict[str, Any] = {}
"""How the buckets with object lock are reached that ANCHORS_DIR or BACKUP_COPY_DIR name (s3://bucket/folder; docs/adr/0039)."""
if "s3://" in ANCHORS_DIR + BACKUP_COPY_DIR:
    WRITE_ONCE = write_once_options(
        endpoint=env.store("LOCKED_ENDPOINT"),
        region=env.text("LOCKED_REGION", "us-east-1"),
        access_key=env.text("LOCKED_ACCESS_KEY"),
        secret=env.secret("LOCKED_SECRET_KEY", at_least=16),
        style=env.choice("LOCKED_ADDRESSING", ("path", "virtual"), "path"),
    )
BACKUP_KEY_FILE = env.text("BACKUP_KEY_FILE", "")
"""Public keys (age) that backups are closed for; the private one is kept apart and needed only to restore."""
TRAIL_HASH = env.choice("TRAIL_HASH", ("sha256", "sm3"), "sha256")
"""Hash of the trail's new entries; each entry names its own, so a chain may hold both (SEC-43)."""
TSA_KEY_FILE = TSA_CERT_FILE = None
if not PRODUCTION:  # the stand-in at /demo/tsa/
    TSA_KEY_FILE = env.file("TSA_KEY_FILE")
    TSA_CERT_FILE = env.file("TSA_CERT_FILE", private=False)

# --- files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
FILES_ROOT = Path(env.text("FILES_ROOT", str(VAR_DIR / "files")))
"""Private files. Never served from here by a web server: `documents` and the owning app decide who opens one."""
FONT_DIR = Path(env.text("FONT_DIR", str(VAR_DIR / "fonts")))
FORM_DIRS = env.words("FORM_DIRS", ())
"""Directories with further element forms, read beside the ones that come with the portal."""
FILES_URL = env.url("FILES_URL", "")
"""Address of the host that serves nothing but foreign bytes (SEC-52), a sub-domain of PUBLIC_URL's; none: one host."""
FILES_HOST = urlsplit(FILES_URL).netloc
if FILES_HOST:
    if not FILES_HOST.endswith(f".{SITE_HOST}"):
        raise ConfigurationError(
            f"FILES_URL must be a sub-domain of {SITE_HOST}, such as https://files.{SITE_HOST}."
        )
    ALLOWED_HOSTS.append(FILES_HOST.partition(":")[0])
FILES_STORAGE = env.choice("FILES_STORAGE", ("local", "s3"), "local")
"""Where files lie: under FILES_ROOT, or in a private bucket that speaks S3 (docs/adr/0020)."""
LOCAL_FILES: dict[str, Any] = {
    "BACKEND": "documents.storage.LocalFiles",
    "OPTIONS": {"location": FILES_ROOT, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
}
STORAGES: dict[str, dict[str, Any]] = {
    "default": LOCAL_FILES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if FILES_STORAGE == "s3":
    STORAGES["default"] = {
        "BACKEND": "documents.storage.BucketFiles",
        "OPTIONS": bucket_options(
            endpoint=env.store("BUCKET_ENDPOINT"),
            region=env.text("BUCKET_REGION", "us-east-1"),
            bucket=env.text("BUCKET_NAME"),
            access_key=env.text("BUCKET_ACCESS_KEY"),
            secret=env.secret("BUCKET_SECRET_KEY", at_least=16),
            style=env.choice("BUCKET_ADDRESSING", ("path", "virtual"), "path"),
        ),
    }
if PORTAL_MODE == "test":
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = PORTAL_MODE == "test"
WHITENOISE_AUTOREFRESH = PORTAL_MODE == "test"
"""Files are looked for when they are asked for: every browser of a test loads the middleware anew, and would list all of them."""

SCANNER = env.choice("SCANNER", ("clamd", "none"), "none")
"""Who looks for viruses; with none, files are marked 未扫描 (SEC-53)."""
CLAMD_ADDRESS = env.text("CLAMD_ADDRESS") if SCANNER == "clamd" else ""
"""host:port of clamd, or the path of its socket."""
MAX_FILE_BYTES = 50 * 1024 * 1024
READS_AN_HOUR = env.integer("READS_AN_HOUR", 200, low=20)
"""More documents than this opened by one account within an hour: alarm, and a pause between documents (SEC-18)."""
MAX_FILES_BYTES = 200 * 1024 * 1024
MAX_FILES = 100
MAX_DAY_BYTES = env.integer("MAX_DAY_MEGABYTES", 2_000, low=50) * 1024 * 1024
"""So much one account may hand in within 24 hours, over all its cases."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = MAX_FILES
FILE_UPLOAD_HANDLERS = ["documents.upload_handler.LimitedUploadHandler"]
UPLOAD_SECONDS = env.integer("UPLOAD_SECONDS", 900, low=30)
"""The files of one request may take so long to arrive."""
BODIES_BYTES = env.integer("BODIES_MEGABYTES", 400, low=220) * 1024 * 1024
"""So much of requests that are arriving or being answered one process holds; above it a further upload waits (F-24)."""
FILE_UPLOAD_PERMISSIONS = 0o600

# --- broker and cache: a wake-up call and a convenience, never the truth -------------------------------------------
REDIS_URL = env.redis("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url(REDIS_URL, 1),
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
CELERY_BROKER_URL = redis_url(REDIS_URL, 0, for_celery=True)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 10,
    # whoever wakes the worker after an act must not wait for a dead broker: kombu alone would try for six seconds
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = beat_schedule()
"""What runs when stands in portal.timetable; each call names a job, which runs once at a time (portal.jobs)."""

# --- outages ----------------------------------------------------------------------------------------------------
PROBE_URL = env.url("PROBE_URL", PUBLIC_URL, secure=False)
"""Where the worker asks every half minute whether the portal serves; the nearer to the people, the truer."""
OUTAGE_SECONDS = env.integer("OUTAGE_SECONDS", 300, low=60)
"""A longer time without an answer is recorded as an outage (REL-51)."""

# --- codes on papers --------------------------------------------------------------------------------------------
SCAN_UNKNOWN_ALARM = env.integer("SCAN_UNKNOWN_ALARM", 300, low=1)
"""Unknown codes opened within an hour, from all addresses together, above which the court is told (SEC-23)."""

# --- API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "common.api.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 20,
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SERVICE_NAME} API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- logs: one JSON object a line, ids and states only (REL-53) -----------------------------------------------------
SECURITY_LOG_ADDRESS = env.text("SECURITY_LOG_ADDRESS", "")
"""`address:port` of the house's keeper of logs: security events go there too (UDP, RFC 3164, one JSON object each; REL-53)."""
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logging.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", ("INFO", "WARNING", "ERROR"), "INFO")},
    "loggers": {
        "django": {"level": "INFO"},
        "django.request": {
            "level": "CRITICAL"
        },  # its text holds the path; portal.access logs the same without it
        "django.server": {"handlers": [], "propagate": True},
        "portal.security": {"level": "INFO"},
        "celery": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "pyhanko": {"level": "WARNING"},
        "pyhanko.sign.signers.pdf_signer": {
            "level": "ERROR"
        },  # warns at each seal that nothing is fetched: so decided
        "fontTools": {"level": "WARNING"},
    },
}
if SECURITY_LOG_ADDRESS:
    LOGGING["handlers"]["security"] = {
        "class": "logging.handlers.SysLogHandler",
        "address": env.address_and_port("SECURITY_LOG_ADDRESS"),
        "facility": "auth",
        "formatter": "json",
    }
    LOGGING["loggers"]["portal.security"]["handlers"] = ["security"]
