"""Independent readers of our X12 files: pyx12 with its 999, and x12sdk's models."""

from __future__ import annotations

import io
import logging

import pyx12.params
import pyx12.x12n_document
from x12sdk.io import X12ModelReader


def pyx12_accepts(text: str) -> tuple[bool, str]:
    """pyx12's verdict and its 999. Only claims get a 999 from it."""
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    answer = io.StringIO() if "*837*" in text else None
    verdict = pyx12.x12n_document.x12n_document(
        param=pyx12.params.params(), src_file=io.StringIO(text), fd_997=answer, fd_html=None
    )
    return bool(verdict), answer.getvalue() if answer else ""


def x12sdk_models(text: str) -> list:
    with X12ModelReader(text) as reader:
        return list(reader.models())
