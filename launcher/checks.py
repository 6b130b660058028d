"""`make check`: format, lint, types, layers, templates, migrations, locks, deployment settings."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from launcher.paths import PYTHON, ROOT, VENV

LOCKS = ("requirements/base.txt", "requirements/local.txt", "requirements/dev.txt")
NPM_LOCKS = ("package-lock.json", "launcher/chromium/package-lock.json")


def commands() -> list[tuple[str, list[str | Path]]]:
    """Name and command of each check that is a program."""
    tools = VENV / "bin"
    manage: list[str | Path] = [PYTHON, "-W", "ignore:Got an error checking", ROOT / "manage.py"]
    return [
        ("format", [tools / "ruff", "format", "--check", "--output-format", "concise", "."]),
        ("lint", [tools / "ruff", "check", "."]),
        ("types", [tools / "mypy"]),
        ("layers", [tools / "lint-imports"]),
        ("templates", [tools / "djlint", "templates", "--check", "--lint", "--quiet"]),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
    ]


def lock_problems(root: Path = ROOT) -> list[str]:
    """Locks that name a host, or lines without hash."""
    problems = []
    for name in LOCKS:
        text = (root / name).read_text()
        if re.search(r"https?://", text):
            problems.append(f"{name} names a host")
        if "--hash=sha256:" not in text:
            problems.append(f"{name} has no hashes")
    for name in NPM_LOCKS:
        if re.search(
            r'"resolved"|https?://(?!opencollective|github|www\.patreon|feross|[a-z.]*sponsors)',
            (root / name).read_text(),
        ):
            problems.append(f"{name} names a host")
    return problems


def run_all(environment: Mapping[str, str], production: Mapping[str, str]) -> int:
    """Run every check, even after a failure; the number of failed ones."""
    failed = []
    steps = [(name, command, environment) for name, command in commands()]
    deploy: list[str | Path] = [PYTHON, ROOT / "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    steps.append(("deployment settings", deploy, production))
    for name, command, variables in steps:
        print(f"== {name}", flush=True)
        if subprocess.run(
            [str(part) for part in command], cwd=ROOT, env=dict(variables), check=False
        ).returncode:
            failed.append(name)
    print("== locks", flush=True)
    for problem in lock_problems():
        print(problem)
        failed.append("locks")
    print("== requirements (printed, not judged: a whole test run does that)", flush=True)
    subprocess.run([PYTHON, "-m", "tests.requirements"], cwd=ROOT, env=dict(environment), check=False)
    print(f"check: failed: {', '.join(dict.fromkeys(failed))}" if failed else "check: all passed", flush=True)
    return len(failed)


def production_environment(directory: Path) -> dict[str, str]:
    """A complete production environment with fresh keys in `directory`, for checks and tests of the settings."""
    subprocess.run([PYTHON, "-m", "portal.keys", directory], cwd=ROOT, check=True)
    subprocess.run([PYTHON, "-m", "portal.keys", directory / "signer", "--demo"], cwd=ROOT, check=True)
    values = dict(line.partition("=")[::2] for line in (directory / "keys.env").read_text().splitlines())
    for name in ("seal-trust.pem", "seal-crls.pem"):  # here the court's CA would have signed
        content = (directory / "signer" / name).read_text()
        (directory / name).write_text(content[content.index("-----BEGIN") :])
        (directory / name).chmod(0o400)
    return {
        "PATH": os.environ.get("PATH", ""),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_MODE": "production",
        "PORTAL_VAR": str(directory / "var"),
        "PUBLIC_URL": "https://ssfw.example.cn",
        "COURT_NAME": "某省某市示例区人民法院",
        "ALLOWED_HOSTS": "ssfw.example.cn",
        "DATABASE_URL": "postgresql://portal_app:a-long-password@database.internal/portal",
        "REDIS_URL": "redis://broker.internal:6379/0",
        "SMS_URL": "https://sms.example.cn/send",
        "SMS_TOKEN": "a-token-of-the-provider-0001",
        "IDENTITY_URL": "https://identity.example.cn/v1",
        "IDENTITY_APP": "court-portal",
        "IDENTITY_SECRET": "a-secret-shared-with-the-register-0001",
        "EMAIL_HOST": "mail.example.cn",
        "MAIL_TOKEN": "a-token-of-the-mail-server-0001",
        "DEFAULT_FROM_EMAIL": "noreply@ssfw.example.cn",
        "RECEIPT_KEY_FILE": str(directory / "receipt.key.pem"),
        "ZONE_PUBLIC_KEY_FILE": str(directory / "zone.public.pem"),
        "SIGNER_URL": "http://signer:8100",
        "SEAL_TRUST_FILE": str(directory / "seal-trust.pem"),
        "SEAL_CRL_FILE": str(directory / "seal-crls.pem"),
        "TSA_URL": "https://tsa.example.cn/stamp",
        **values,
    }
