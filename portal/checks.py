"""System checks of `manage.py check`: keys and certificates are of the right kind. Whether key and certificate of a seal fit
together is checked by the signer, the only one that has both.
"""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.core.checks import CheckMessage, Error, Warning, register

from documents.sealing.trust import trust
from eventlog import receipts
from signer.store import BadStore


@register
def keys_are_usable(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """The receipt key can sign; roots and revocation lists can be read, and each root has its list."""
    problems: list[CheckMessage] = []
    try:
        receipts.public_pem()
    except BadStore as error:
        problems.append(Error(f"RECEIPT_KEY_FILE cannot be used: {error}.", id="portal.E001"))
    try:
        believed = trust()
        lists = {made.issuer.hashable for made in believed.crls}
        bare = [root for root in believed.roots if root.subject.hashable not in lists]
    except ValueError:
        return [*problems, Error("SEAL_TRUST_FILE or SEAL_CRL_FILE cannot be read.", id="portal.E003")]
    if bare:
        sentence = "A root in SEAL_TRUST_FILE has no list in SEAL_CRL_FILE: nothing can be sealed under it."
        problems.append(Warning(sentence, id="portal.W004"))
    return problems
