"""What only the facilitator shows: the link that brings participants in, as a picture."""

from __future__ import annotations


def qr_code(link: str) -> str:
    """Return the QR code of a join link as a `data:` URL of an SVG picture: black on white, with its margin.

    Example:
        >>> qr_code("http://10.0.0.7:8866/voila/render/maturity_survey.ipynb#join=ABC234")[:18]
        'data:image/svg+xml'
    """
    import segno

    code = segno.make(link, error="m", micro=False)
    picture: str = code.svg_data_uri(scale=8, border=4, dark="#000", light="#fff")
    return picture
