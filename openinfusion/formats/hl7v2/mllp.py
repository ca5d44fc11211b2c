"""MLLP framing: messages between a start and an end byte, in chunks of any size, with a size limit.

Source: HL7 Minimal Lower Layer Protocol release 1. A missing CR after the end byte is accepted.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

START = b"\x0b"
END = b"\x1c"
CARRIAGE_RETURN = b"\r"

_NOISE_ALLOWED = b"\r\n"


class FrameFault(enum.StrEnum):
    """Why bytes on the wire gave no message."""

    OVERSIZED = "oversized"
    TRUNCATED = "truncated"
    NOISE = "bytes outside a frame"


@dataclass(frozen=True, slots=True)
class BadFrame:
    """Bytes that were no message, with the first of them for the record."""

    fault: FrameFault
    head: bytes


def frame(body: bytes) -> bytes:
    """One message ready to send."""
    return START + body + END + CARRIAGE_RETURN


class Decoder:
    """Finds messages in a byte stream, whatever the size of the chunks."""

    def __init__(self, *, max_bytes: int) -> None:
        if max_bytes < 1:
            raise ValueError("max_bytes must be at least 1")
        self._max = max_bytes
        self._buffer = bytearray()
        self._is_inside = False
        self._is_skipping = False
        self._noise = bytearray()

    def feed(self, chunk: bytes) -> list[bytes | BadFrame]:
        """The messages and faults these bytes complete."""
        found: list[bytes | BadFrame] = []
        for position, piece in enumerate(chunk.split(START)):
            if position:
                found.extend(self._begin())
            self._take(piece, found)
        return found

    def close(self) -> list[bytes | BadFrame]:
        """What is left when the connection ends."""
        found = self._flush_noise()
        if self._is_inside and not self._is_skipping:
            found.append(self._fault(FrameFault.TRUNCATED))
        self._reset()
        return found

    def _begin(self) -> list[bytes | BadFrame]:
        """A start byte: whatever was open before it never ended."""
        found = self._flush_noise()
        if self._is_inside and not self._is_skipping:
            found.append(self._fault(FrameFault.TRUNCATED))
        self._reset()
        self._is_inside = True
        return found

    def _take(self, piece: bytes, found: list[bytes | BadFrame]) -> None:
        while piece:
            if not self._is_inside:
                self._hear_noise(piece)
                return
            body, end, piece = piece.partition(END)
            self._append(body, found)
            if end:
                if not self._is_skipping:
                    found.append(bytes(self._buffer))
                self._reset()

    def _append(self, body: bytes, found: list[bytes | BadFrame]) -> None:
        if self._is_skipping:
            return
        self._buffer += body
        if len(self._buffer) > self._max:
            found.append(self._fault(FrameFault.OVERSIZED))
            self._buffer.clear()
            self._is_skipping = True

    def _hear_noise(self, piece: bytes) -> None:
        heard = piece if self._noise else piece.lstrip(_NOISE_ALLOWED)
        self._noise += heard[: max(self._max - len(self._noise), 0)]

    def _flush_noise(self) -> list[bytes | BadFrame]:
        head = bytes(self._noise).strip(_NOISE_ALLOWED)
        self._noise.clear()
        return [BadFrame(FrameFault.NOISE, head)] if head else []

    def _fault(self, fault: FrameFault) -> BadFrame:
        return BadFrame(fault, bytes(self._buffer[: self._max]))

    def _reset(self) -> None:
        self._buffer.clear()
        self._is_inside = False
        self._is_skipping = False
