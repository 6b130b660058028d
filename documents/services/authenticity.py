"""Is this paper genuine? Answered by hash, or by serial and check code; nothing of its content, nothing is stored.

Who holds a court paper holds its hash or its codes, so the answer tells him nothing he could not read on it. What
nobody issued and what was typed wrong get the same answer. Of a file the electronic seal is judged too: by its signature, its
certificate and its time stamp (docs/adr/0017), by the process with limits.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.services import limit
from common import crypto
from common.errors import InvalidInput
from documents.models import Copy, Paper, PaperState
from documents.rendering.codes import CHECK_CODE_LENGTH, READABLE, SERIAL, read_check_code, read_serial
from documents.services.inspection import extract_text, read_seals

HOUR, DAY = 3600, 86_400
ASKED_AN_HOUR, TYPED_A_DAY = 20, 30
"""Questions of one address; tries at the check code of one serial, whoever makes them."""
MAX_BYTES = 20 * 1024 * 1024
CHUNK_BYTES = 1 << 20
PDF_MARK = b"%PDF-"

UNREADABLE = {
    "serial": gettext_lazy("份号像这样：某1234-2026-000123-1，请照文书上的填"),
    "check_code": gettext_lazy("校验码是6位字母和数字，请照文书上的填"),
}
"""What is said of something typed that cannot be a serial or a check code."""

_PRINTED_CHECK = re.compile(rf"校验码\s*([{READABLE}]{{{CHECK_CODE_LENGTH}}})")


class Verdict(models.TextChoices):
    """What is said of a paper; values are part of the API."""

    GENUINE = "genuine", gettext_lazy("是真的，没有改动过")
    CHANGED = "changed", gettext_lazy("被改动过，和法院发出的不一样")
    SUPERSEDED = "superseded", gettext_lazy("是真的，但已经被更正的文书代替")
    REVOKED = "revoked", gettext_lazy("是真的，但这一份已经停用")
    UNKNOWN = "unknown", gettext_lazy("没有查到")


class Means(models.TextChoices):
    """By what a paper was compared."""

    HASH = "hash", gettext_lazy("文件内容")
    CODES = "codes", gettext_lazy("份号和校验码")
    SIGNATURE = "signature", gettext_lazy("电子签章")
    CERTIFICATE = "certificate", gettext_lazy("签章证书")


class SealState(models.TextChoices):
    """What is said of the seal in a file; values are part of the API."""

    VALID = "valid", gettext_lazy("有效")
    TAMPERED = "tampered", gettext_lazy("已被篡改")
    CHANGED_LATER = "changed_later", gettext_lazy("签章后被修改")
    FOLLOWED = "followed", gettext_lazy("签章有效，但文件末尾多了内容")
    UNTRUSTED = "untrusted", gettext_lazy("签章不受信任")
    REVOKED = "revoked", gettext_lazy("证书已吊销")
    UNREADABLE = "unreadable", gettext_lazy("读不出来")
    NONE = "none", gettext_lazy("没有电子签章")


HOLDS = {SealState.VALID, SealState.FOLLOWED}
BELIEVED = HOLDS | {SealState.CHANGED_LATER}
WORST_FIRST = (
    SealState.TAMPERED,
    SealState.REVOKED,
    SealState.UNTRUSTED,
    SealState.UNREADABLE,
    SealState.CHANGED_LATER,
    SealState.FOLLOWED,
    SealState.VALID,
)
"""Of several seals the worst one is told."""


@dataclass(frozen=True)
class Finding:
    """One comparison: ``agrees`` says whether it fits a paper of the court."""

    means: Means
    agrees: bool


@dataclass(frozen=True)
class Sealed:
    """The seal in a file. ``signer`` and ``stamped_at`` (the time stamp authority's) only as far as they are proven."""

    state: SealState
    signer: str = ""
    stamped_at: datetime | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The rows of the seal; none where there is no seal to judge."""
        if self.state in (SealState.NONE, SealState.UNREADABLE):
            return ()
        intact = self.state not in (SealState.TAMPERED, SealState.CHANGED_LATER, SealState.FOLLOWED)
        rows = (Finding(Means.SIGNATURE, intact),)
        if self.state == SealState.TAMPERED:  # nothing is proven of whose it was
            return rows
        return (*rows, Finding(Means.CERTIFICATE, self.state in BELIEVED))


@dataclass(frozen=True)
class Answer:
    """The verdict and what it rests on. ``case_number`` is that of a paper of ours cut down to year and court; ``sealed`` is None
    where no file was shown."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    case_number: str = ""
    sealed: Sealed | None = None

    @property
    def words(self) -> str:
        """What the verdict means for who holds the paper."""
        return str(WORDS[self.verdict])


WORDS = {
    Verdict.GENUINE: gettext_lazy(
        "这是法院发出的文书。纸上的内容和您手里的是否一样，请再看一遍份号和校验码。"
    ),
    Verdict.CHANGED: gettext_lazy(
        "份号和校验码是法院的，但这个文件不是法院发出的原件。请不要相信里面的内容，拨12368核实。"
    ),
    Verdict.SUPERSEDED: gettext_lazy("法院后来发出了更正的文书，以更正后的为准。请找最新的一份，或拨12368。"),
    Verdict.REVOKED: gettext_lazy(
        "这一份报了遗失、换了新份，或者案件的码已停用。请用最新的一份，或拨12368。"
    ),
    Verdict.UNKNOWN: gettext_lazy(
        "法院没有发出过这个文件，或者份号、校验码填得不对。照片、扫描件和另存过的文件查不到，请填纸上的份号和校验码。"
    ),
}


def verify_upload(*, upload: UploadedFile[Any], address: str) -> Answer:
    """Compare an uploaded PDF with the papers the court issued; the bytes are not kept.

    An unknown file that carries serial and check code of a copy in its text is that copy, changed. InvalidInput when
    it is no PDF or too large; TooManyRequests above the limit of one address.
    """
    _count(address)
    if (upload.size or 0) > MAX_BYTES:
        raise _not_taken(_("文件超过20MB。法院发出的文书没有这么大，请选法院发给您的PDF"))
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        path = Path(folder) / "paper"
        digest = hashlib.sha256()
        with path.open("wb") as kept:
            for chunk in upload.chunks(CHUNK_BYTES):
                digest.update(chunk)
                kept.write(chunk)
        with path.open("rb") as kept:
            if kept.read(len(PDF_MARK)) != PDF_MARK:
                raise _not_taken(_("请选PDF文件。照片和扫描件请填份号和校验码"))
        sealed = _seal_on(path)
        found = _copies().filter(sha256=digest.hexdigest()).first()
        if found is not None:
            return _answer(found, Means.HASH, sealed)
        claimed = _claimed_by(path)
    findings = (Finding(Means.HASH, False), Finding(Means.CODES, claimed is not None), *sealed.findings)
    if claimed is None:
        return Answer(Verdict.UNKNOWN, findings, sealed=sealed)
    return Answer(Verdict.CHANGED, findings, masked_case_number(claimed), sealed)


def verify_hash(*, sha256: str, address: str) -> Answer:
    """The same for who has computed the SHA-256 himself; without the file a changed paper is unknown."""
    _count(address)
    return _answer(_copies().filter(sha256=sha256.lower()).first(), Means.HASH)


def verify_codes(*, serial: str, check_code: str, address: str) -> Answer:
    """Compare what is printed on the paper. A serial nobody printed and a wrong check code look and cost the same.

    InvalidInput by field when something cannot be a serial or a check code; TooManyRequests above the limits of the
    address and of the serial, known or not.
    """
    read = {"serial": read_serial(serial), "check_code": read_check_code(check_code)}
    wrong = {name: str(UNREADABLE[name]) for name, value in read.items() if not value}
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)
    _count(address)
    limit(
        f"paper-codes:{read['serial']}",
        DAY,
        TYPED_A_DAY,
        _("这个份号今天核对的次数太多，请明天再试，或拨12368。"),
    )
    return _answer(copy_by_codes(read["serial"], read["check_code"]), Means.CODES)


def _answer(found: Copy | None, means: Means, sealed: Sealed | None = None) -> Answer:
    findings = (Finding(means, found is not None), *(sealed.findings if sealed else ()))
    if found is None:
        return Answer(Verdict.UNKNOWN, findings, sealed=sealed)
    return Answer(_verdict(found), findings, masked_case_number(found), sealed)


def masked_case_number(copy: Copy) -> str:
    """The case number of a paper as far as somebody else may see it: year and court, neither the kind of case nor its number.

    （2026）某1234民初56号 becomes （2026）某1234****号; "" where the paper names no case.
    """
    paper = copy.paper
    shown = re.match(
        rf"（[0-9]{{4}}）({re.escape(paper.court.code)})?", str(paper.data.get("case_number", ""))
    )
    return f"{shown.group()}****号" if shown else ""


def _seal_on(path: Path) -> Sealed:
    """The worst seal of a file, judged in the process with limits."""
    found = read_seals(path)
    if found is None:
        return Sealed(SealState.UNREADABLE)
    if not found:
        return Sealed(SealState.NONE)
    worst = min(found, key=lambda row: WORST_FIRST.index(SealState(row["state"])))
    stamped = datetime.fromisoformat(worst["stamped_at"]) if worst["stamped_at"] else None
    return Sealed(SealState(worst["state"]), worst["signer"], stamped)


def copy_by_codes(serial: str, check_code: str) -> Copy | None:
    """The issued copy that carries both, else None. One query; the codes are compared in constant time."""
    found = _copies().filter(serial=serial).first()
    same = crypto.same(found.check_code if found else "-" * CHECK_CODE_LENGTH, check_code)
    return found if found is not None and same else None


def _count(address: str) -> None:
    limit(f"paper-verify:{address}", HOUR, ASKED_AN_HOUR, _("核对次数太多，请1小时后再试，或拨12368。"))


def _not_taken(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, file=sentence)


def _copies() -> models.QuerySet[Copy]:
    later = Paper.objects.filter(supersedes=OuterRef("paper_id"))
    issued = Copy.objects.filter(state=PaperState.ISSUED).select_related("paper__court")
    return issued.annotate(has_later=Exists(later))


def _verdict(copy: Copy) -> Verdict:
    if copy.has_later:  # type: ignore[attr-defined]  # annotated by _copies
        return Verdict.SUPERSEDED
    return Verdict.REVOKED if copy.revoked_at else Verdict.GENUINE


def _claimed_by(path: Path) -> Copy | None:
    """The copy whose serial and check code stand in the text of a PDF; read in the process with limits."""
    target = path.with_name("text")
    if not extract_text("pdf", path, target):
        return None
    text = target.read_text(encoding="utf-8")
    checks = dict.fromkeys(_PRINTED_CHECK.findall(text))
    for serial in list(dict.fromkeys(SERIAL.findall(text)))[:3]:
        for check_code in list(checks)[:3]:
            found = copy_by_codes(serial, check_code)
            if found is not None:
                return found
    return None
