"""What a picture inside a PDF tells about its maker: EXIF with place and device, comments. Taken out, pixels untouched."""

from __future__ import annotations

import pikepdf

KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}
"""JFIF, colour profile, and Adobe's note on the colours: without them the picture looks different."""
TOLD_BOXES = {b"uuid", b"xml ", b"uinf"}
"""Boxes of JPEG 2000 that hold EXIF, XMP and the like."""
START, SCAN, COMMENT = 0xD8, 0xDA, 0xFE


def clean_picture(pdf: pikepdf.Pdf, stream: pikepdf.Stream) -> None:
    """Write a JPEG or JPEG 2000 stream anew without what is not picture; any other stream stays as it is."""
    filters = stream.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    plain = {"/DCTDecode": clean_jpeg, "/DCT": clean_jpeg, "/JPXDecode": clean_jpeg2000}.get(names[-1])
    if plain is None:
        return
    parameters = stream.get("/DecodeParms")
    last = parameters[-1] if isinstance(parameters, pikepdf.Array) else parameters
    raw = stream.read_raw_bytes()
    if len(names) > 1:
        packed = pikepdf.Stream(pdf, raw)
        packed.Filter = pikepdf.Array([pikepdf.Name(name) for name in names[:-1]])
        if isinstance(parameters, pikepdf.Array):
            packed.DecodeParms = pikepdf.Array(list(parameters)[:-1])
        raw = packed.read_bytes()
    own = last if isinstance(last, pikepdf.Dictionary) else None
    stream.write(plain(raw), filter=pikepdf.Name(names[-1]), decode_parms=own)


def clean_jpeg(raw: bytes) -> bytes:
    """A JPEG without application segments and comments. ValueError when its segments cannot be followed."""
    if raw[:2] != bytes([0xFF, START]):
        raise ValueError("not a JPEG")
    kept, at = [raw[:2]], 2
    while True:
        while raw[at : at + 2] == b"\xff\xff":  # filling
            at += 1
        if len(raw) < at + 4 or raw[at] != 0xFF:
            raise ValueError("a cut JPEG")
        mark = raw[at + 1]
        if mark == SCAN:  # from here on pixels
            return b"".join([*kept, raw[at:]])
        size = 2 + int.from_bytes(raw[at + 2 : at + 4])
        tells = 0xE0 <= mark <= 0xEF and mark not in KEPT_SEGMENTS
        if not tells and mark != COMMENT:
            kept.append(raw[at : at + size])
        at += size


def clean_jpeg2000(raw: bytes) -> bytes:
    """A JPEG 2000 file without boxes of notes; a bare code stream has none. ValueError when the boxes do not fit."""
    if raw[:4] == b"\xff\x4f\xff\x51":
        return raw
    kept, at = [], 0
    while at < len(raw):
        size, kind = int.from_bytes(raw[at : at + 4]), raw[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(raw[at + 8 : at + 16])
        elif size == 0:
            size = len(raw) - at
        if size < 8:
            raise ValueError("a broken JPEG 2000 file")
        if kind not in TOLD_BOXES:
            kept.append(raw[at : at + size])
        at += size
    return b"".join(kept)
