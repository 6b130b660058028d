"""Pictures inside PDFs: what is not picture goes, what cannot be followed is refused."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from documents.inspect.marks import clean_jpeg, clean_jpeg2000
from tests.documents import craft


def box(kind: bytes, data: bytes, *, wide: bool = False) -> bytes:
    if wide:
        return (1).to_bytes(4) + kind + (16 + len(data)).to_bytes(8) + data
    return (8 + len(data)).to_bytes(4) + kind + data


def test_a_jpeg_keeps_its_pixels_and_profile() -> None:
    photo = craft.photo(icc_profile=b"profile" * 10, comment=b"SecretComment")
    filled = photo[:2] + b"\xff\xff" + photo[2:]
    cleaned = clean_jpeg(filled)
    assert b"Secret" not in cleaned and b"profileprofile" in cleaned
    with Image.open(io.BytesIO(cleaned)) as one, Image.open(io.BytesIO(photo)) as other:
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xd8", b"GIF89a", b"\xff\xd8\xff\xe1\x00\x08", b"\xff\xd8\xff\xe1\x00"]
)
def test_a_cut_jpeg_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="JPEG"):
        clean_jpeg(raw)


def test_a_jpeg2000_loses_its_notes() -> None:
    head, pixels = box(b"jP  ", b"\r\n\x87\n"), (0).to_bytes(4) + b"jp2c" + b"pixels"
    notes = box(b"uuid", b"JpgTiffExif->JP2 Secret") + box(b"xml ", b"<Secret/>", wide=True)
    assert clean_jpeg2000(head + notes + pixels) == head + pixels
    assert clean_jpeg2000(b"\xff\x4f\xff\x51 bare") == b"\xff\x4f\xff\x51 bare"
    with pytest.raises(ValueError, match="broken"):
        clean_jpeg2000((3).to_bytes(4) + b"uuid")
