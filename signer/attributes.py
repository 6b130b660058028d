"""The signer signs the attributes of a PDF signature and nothing else."""

from __future__ import annotations

import hashlib

from asn1crypto import cms, tsp, x509

DIGEST_BYTES = 32
ALLOWED = {"content_type", "message_digest", "signing_certificate_v2", "cms_algorithm_protection"}
NEEDED = {"content_type", "message_digest", "signing_certificate_v2"}


class NotASignature(Exception):
    """The bytes are not the signed attributes of a PDF signature (PAdES) with this seal."""


def digest_signed(attributes: bytes, certificate: x509.Certificate) -> bytes:
    """SHA-256 of the document that these attributes stand for.

    NotASignature unless they are a DER set of exactly the attributes of a PAdES signature, over data, that name this
    certificate and no other. So nothing else can be had signed with a seal: no certificate, no token, no text.
    """
    try:
        found = cms.CMSAttributes.load(attributes, strict=True)
        values = {attribute["type"].native: attribute["values"] for attribute in found}
        if len(values) != len(found) or any(len(value) != 1 for value in values.values()):
            raise NotASignature("an attribute comes twice")
        names = set(values)
        if not NEEDED <= names <= ALLOWED:
            raise NotASignature(f"other attributes than those of a PDF signature: {sorted(names)}")
        if found.dump(force=True) != attributes:
            raise NotASignature("not DER")
        if values["content_type"][0].native != "data":
            raise NotASignature("not over data")
        digest = values["message_digest"][0].native
        certificates = values["signing_certificate_v2"][0]
        if not isinstance(certificates, tsp.SigningCertificateV2):
            raise NotASignature("names no certificate")
        named = list(certificates["certs"])
        wanted = hashlib.sha256(certificate.dump()).digest()
        if len(named) != 1 or named[0]["hash_algorithm"]["algorithm"].native != "sha256":
            raise NotASignature("names no certificate by SHA-256")
        if named[0]["cert_hash"].native != wanted:
            raise NotASignature("names another certificate")
    except (ValueError, TypeError, KeyError) as error:
        raise NotASignature("not readable") from error
    if not isinstance(digest, bytes) or len(digest) != DIGEST_BYTES:
        raise NotASignature("no SHA-256 of a document")
    return digest
