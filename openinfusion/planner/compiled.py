"""`@kernel`: compile a search function with numba, cached on disk; without numba the function stays plain Python.

For the kernel modules only. The cache folder is named after the text of all of them, because numba does not notice
when a function called from another file changed. First call of a version compiles for some seconds, then loads.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

numba: Any
try:
    import numba
except ImportError:  # an installation without the compiled planner: the plain search is used instead
    numba = None

HAS_NUMBA = numba is not None

_HERE = Path(__file__).parent


def _cache_folder() -> str | None:
    """Where this version's compiled code is kept; None when no place can be written to."""
    digest = hashlib.sha256()
    for path in sorted((_HERE / "kernel").glob("*.py")):
        digest.update(path.read_bytes())
    name = f"kernel-{digest.hexdigest()[:16]}"
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    user_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    bases = [Path(chosen)] if chosen else [_HERE / "__pycache__", user_cache / "openinfusion"]
    for base in bases:
        folder = base / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return str(folder)
    return None


_CACHE = _cache_folder() if HAS_NUMBA else None


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile without the interpreter lock, so that two threads use two cores."""
    if numba is None:
        return function
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _CACHE or before
    try:
        compiled: Callable[..., Any] = numba.njit(nogil=True, cache=_CACHE is not None, forceinline=True)(function)
    finally:
        numba.config.CACHE_DIR = before
    return compiled
