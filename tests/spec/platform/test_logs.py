"""Logs hold ids and codes, never what a person said or is."""

import io
import json
import logging

import structlog

from openinfusion.platform import logs

CANARY = "SAMPLEFORD-CANARY"


def _logged(emit) -> str:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        logs.configure(level="INFO")
        stream = io.StringIO()
        root.handlers[0].setStream(stream)
        emit()
        return stream.getvalue()
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()


def test_a_key_that_is_not_on_the_list_is_dropped():
    line = _logged(lambda: structlog.get_logger("openinfusion").info("visit.saved", visit_id=7, patient_name=CANARY))
    assert CANARY not in line
    assert json.loads(line)["visit_id"] == 7


def test_the_text_of_an_exception_stays_out():
    def emit():
        try:
            raise ValueError(f"weight of {CANARY}")
        except ValueError:
            structlog.get_logger("openinfusion").error("order.failed", exc_info=True)
            logging.getLogger("django.request").exception("Internal error: %s", CANARY)

    written = _logged(emit)
    assert CANARY not in written
    assert "ValueError" in written
