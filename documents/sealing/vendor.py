"""A vendor's sealing service over HTTP(S): asked for a national seal over a digest, and believed only as far as its answer
can be checked (docs/adr/0022). The protocol stands in ``common.gateways.seals``."""

from __future__ import annotations

import base64
import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import lru_cache

from asn1crypto import x509
from django.conf import settings
from pyhanko_certvalidator import ValidationContext

from common import clock, ses
from common.errors import GatewayUnavailable
from common.gateways import seals as protocol
from common.gateways.house import BadAnswer
from common.gateways.proofs import SKEW_SECONDS, proven_exchange
from documents.sealing import national
from documents.sealing.doors import answering, unavailable
from documents.sealing.trust import Trust, trust

log = logging.getLogger(__name__)

ANSWER_BYTES = 1024 * 1024
SEAL_SECONDS = 300
"""How long a process takes a seal as it has it, before it asks for it anew."""


@dataclass(frozen=True)
class VendorSeal:
    """A seal as the vendor keeps it, with the certificate that signs with it."""

    seal: ses.Seal
    certificate: x509.Certificate


def seal_named(name: str) -> VendorSeal:
    """The vendor's seal of this name. LookupError when it has none, GatewayUnavailable when it does not answer or what it gives
    cannot be read; whether the seal holds is not said here (:func:`require_valid`)."""
    return _seal_named(settings.VENDOR_SEAL_URL, name, int(time.monotonic() // SEAL_SECONDS))


@lru_cache(maxsize=64)
def _seal_named(_address: str, name: str, _age: int) -> VendorSeal:
    status, told = _ask("GET", f"{protocol.SEALS}{name}", b"")
    if status == 404:
        raise LookupError(f"the vendor has no seal {name}")
    try:
        seal = ses.Seal.load(base64.b64decode(told["seal"], validate=True), strict=True)
        certificate = x509.Certificate.load(base64.b64decode(told["certificate"], validate=True), strict=True)
        seal.native, certificate.native  # noqa: B018  (asn1crypto reads when it is asked)
    except (ValueError, KeyError, TypeError) as error:
        raise _not_believed("its seal cannot be read") from error
    return VendorSeal(seal, certificate)


def require_valid(found: VendorSeal, context: ValidationContext) -> None:
    """Its maker, its certificate, its dates, under roots we believe. ``national.NotBelieved`` with the reason."""
    national.check_seal(found.seal, found.certificate, context)


def signature_over(digest: bytes, *, name: str, reference: str) -> tuple[ses.Signature, bytes]:
    """A signature with the vendor's seal over an SM3 digest, and its value for the time stamp.

    GatewayUnavailable when it does not answer, refuses, or answers with something that is not exactly this: a
    paper waits rather than go out with a seal that does not hold.
    """
    believed = _believed()
    try:
        found = seal_named(name)
        require_valid(found, believed.context())
    except LookupError as error:
        raise _not_believed(str(error)) from error
    except national.NotBelieved as error:
        raise _not_believed(f"its seal does not hold: {error}") from error
    asked = {
        "reference": reference,
        "digest_algorithm": "SM3",
        "digest": base64.b64encode(digest).decode(),
        "original": protocol.ORIGINAL,
    }
    path = f"{protocol.SEALS}{name}{protocol.SIGNATURES}"
    _status, told = _ask("POST", path, json.dumps(asked).encode())
    try:
        signature = national.read(base64.b64decode(told["signature"], validate=True))
        _require_ours(signature, found, digest)
        national.judge(signature.dump(), digest, believed)
    except national.NotBelieved as error:
        raise _not_believed(str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _not_believed("its signature cannot be read") from error
    return signature, ses.octets(signature["signature"])


def _require_ours(signature: ses.Signature, found: VendorSeal, digest: bytes) -> None:
    """Made now, with the very seal and certificate that were looked at."""
    signed = signature["to_sign"]
    away = abs(signed["signed_at"].native.astimezone(UTC) - clock.process_now())
    if signed["seal"].dump() != found.seal.dump():
        _seal_named.cache_clear()  # it may have been made anew: the next try looks again
        raise national.Untrusted("another seal than the one asked for")
    if signature["certificate"].native != found.certificate.dump():
        raise national.Untrusted("another certificate than that of the seal")
    if away > timedelta(seconds=SKEW_SECONDS):
        raise national.Tampered("another time than now")


def _believed() -> Trust:
    try:
        return trust()
    except (OSError, ValueError) as error:
        raise unavailable() from error


def _not_believed(reason: str) -> GatewayUnavailable:
    """Papers wait; the reason is for who runs the portal."""
    log.error("the vendor's sealing service is not believed", extra={"reason": reason})
    return unavailable()


def _ask(method: str, path: str, body: bytes) -> tuple[int, dict[str, str]]:
    """One call, proven both ways."""
    address = settings.VENDOR_SEAL_URL
    place = address.removeprefix("unix:")
    is_local = place != address
    with answering(address):
        try:
            answer = proven_exchange(
                settings.VENDOR_SEAL_SECRET,
                settings.VENDOR_SEAL_APP,
                method,
                f"{'http://localhost' if is_local else address}{path}",
                body,
                most=ANSWER_BYTES,
                socket=place if is_local else None,
            )
            if answer.status >= 500:
                raise BadAnswer(str(answer.status))
            told = json.loads(answer.body)
        except ValueError as error:
            raise BadAnswer(type(error).__name__) from error
    if not isinstance(told, dict) or answer.status not in (200, 404):
        raise _not_believed(f"it answers {answer.status}")
    return answer.status, told
