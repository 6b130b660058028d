"""A QR code as SVG: level M, quiet zone of 4 modules, alphanumeric mode (measured: size beats level)."""

from __future__ import annotations

import io

import qrcode
import qrcode.image.svg

QUIET_ZONE = 4


def svg(address: str) -> str:
    """SVG text of the code for an upper-case address; one path, no text in it."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(address, optimize=0)
    code.make(fit=True)
    image = code.make_image(image_factory=qrcode.image.svg.SvgPathImage)
    buffer = io.BytesIO()
    image.save(buffer)
    return buffer.getvalue().decode()
