"""Starts the inspecting process and turns its answer into sentences."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput

log = logging.getLogger(__name__)

WALL_SECONDS = 40

PHOTO_BROKEN = _("照片打不开，请重新拍一张")
REFUSALS: dict[str, str | Promise] = {
    "encrypted": _("这个文件有密码，请去掉密码后再上传"),
    "active": _("这个PDF里有会自动运行的程序，请打印成新的PDF，或者拍照后再上传"),
    "macro": _("这个文档里有宏或其他程序，请另存为普通的.docx后再上传"),
    "outside": _("这个文档引用了外部内容，请把内容复制到新文档后再上传"),
    "mixed": _("这个文件里还夹带了别的文件，请换一个，或者拍照后再上传"),
    "bomb": _("这个文件解开后过大，请另存一份，或者转成PDF后再上传"),
    "too_heavy": _("这个文件太复杂，打不开。请拆成几份，或者拍照后再上传"),
    "too_many_pixels": _("照片尺寸过大，请用手机普通模式重新拍一张"),
    "too_many_pages": _("PDF超过2000页，请分成几份"),
    "no_pages": _("这个PDF里没有内容，请换一个文件"),
    "formulas": _("表里有公式。请全选、复制，再“选择性粘贴”为数值，另存后上传"),
    "merged": _("表里有合并的单元格。请取消合并，每一行、每一列都填上内容再上传"),
    "too_many_rows": _("一次最多10000行，请分成几个表上传"),
    "no_rows": _("表里没有要提交的内容。第一行是列名，从下面的行开始填"),
    "no_heading": _("表的第一行应是列名。请用这里下载的模板填写"),
    "not_text": _("这个CSV读不出来，文字编码不对或者引号不成对。请另存为XLSX，或者UTF-8编码的CSV"),
}
BROKEN: dict[str, str | Promise] = {
    "jpg": PHOTO_BROKEN,
    "png": PHOTO_BROKEN,
    "heic": PHOTO_BROKEN,
    "pdf": _("这个PDF打不开，请重新生成一份，或者拍照后再上传"),
    "xlsx": _("这个表格打不开，请另存为XLSX后再上传"),
    "csv": _("这个CSV打不开，请另存为XLSX后再上传"),
    "docx": _("这个Word文档打不开，请另存一份，或者转成PDF后再上传"),
}


@dataclass(frozen=True)
class Inspected:
    """``preview_type`` is "" when there is no preview; ``pages`` of a table are its rows."""

    pages: int
    preview_type: str


def inspect(kind: str, source: Path, target: Path, *, silent: bool = False) -> Inspected:
    """Open the file for real and write its preview to ``target``. InvalidInput with the sentence that helps.

    ``silent``: a process that a file brings down leaves no line in the log (the complaint zone, SEC-34).
    """
    answer = _run("check", kind, source, target, silent=silent)
    if "refused" in answer:
        code = str(answer["refused"])
        sentence = str(REFUSALS.get(code) or BROKEN[kind])
        raise InvalidInput(sentence, code=f"file_{code}", file=sentence)
    return Inspected(int(str(answer["pages"])), str(answer["preview"]))


def draw_page(kind: str, source: Path, target: Path, number: int) -> bool:
    """Write page ``number`` (from 1) as a light JPEG; False when there is no such page or it cannot be drawn."""
    return "refused" not in _run("page", kind, source, target, str(number))


def extract_text(kind: str, source: Path, target: Path, *, silent: bool = False) -> bool:
    """Write the text of a PDF or Word file; False when it has none (a scan) or cannot be read."""
    return bool(_run("text", kind, source, target, silent=silent).get("characters"))


def read_seals(source: Path) -> list[dict[str, str]] | None:
    """What ``documents.inspect.seals`` says of a PDF, oldest seal first; None when the file cannot be read."""
    lists = (str(settings.SEAL_TRUST_FILE), str(settings.SEAL_CRL_FILE))
    found = _run("seals", "pdf", source, source, *lists).get("seals")
    return found if isinstance(found, list) else None


def _run(
    command: str, kind: str, source: Path, target: Path, *rest: str, silent: bool = False
) -> dict[str, object]:
    """One answer of the process. It gets no environment, so no secret; a crash, a signal or too long means refused."""
    arguments = [
        sys.executable,
        "-s",
        "-E",
        "-m",
        "documents.inspect",
        command,
        kind,
        str(source),
        str(target),
        *rest,
    ]
    try:
        done = subprocess.run(  # noqa: S603  (fixed program, our own paths)
            arguments, cwd=settings.BASE_DIR, env={}, capture_output=True, timeout=WALL_SECONDS, check=False
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        answer = {"refused": "too_heavy"}
    except ValueError:  # killed by a limit or crashed: nothing was printed
        if not silent:
            log.warning(
                "the inspecting process ended without an answer",
                extra={"code": done.returncode, "kind": kind},
            )
        answer = {"refused": "too_heavy" if done.returncode < 0 else "broken"}
    if not isinstance(answer, dict):
        raise TypeError("the inspecting process answers with one object")
    return answer
