"""Which program's rows are in reach. Default deny: without a program in scope no row can be read.

The scope is set in one place (middleware, command or job) and applied in one place (the manager of every row);
on PostgreSQL the same scope is also handed to row-level security.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar

from django.db import connection

from openinfusion.core.controls import control_is_on

EVERY = "*"
_scope: ContextVar[int | str | None] = ContextVar("tenant_scope", default=None)
#: What each connection of this thread was last told: the server connection and the scope.
_told = threading.local()


class NoTenantInScope(RuntimeError):
    """Rows were asked for without saying for which program."""


def current() -> int | str:
    """The tenant id in scope, or ``EVERY`` inside ``every_tenant``. Raises when nothing is in scope."""
    scope = _scope.get()
    if scope is None:
        if not control_is_on("HZ-085"):
            return EVERY
        raise NoTenantInScope("no program in scope: wrap the call in tenancy.scope.tenant(...)")
    return scope


@contextlib.contextmanager
def tenant(tenant_id: int) -> Iterator[None]:
    """Reach only the rows of one program."""
    with _entered(tenant_id):
        yield


@contextlib.contextmanager
def every_tenant() -> Iterator[None]:
    """Reach the rows of all programs: for migrations, the audit verifier and the worker's outer loop only."""
    with _entered(EVERY):
        yield


@contextlib.contextmanager
def _entered(scope: int | str) -> Iterator[None]:
    before = _scope.get()
    token = _scope.set(scope)
    _tell_database(scope)
    try:
        yield
    finally:
        _scope.reset(token)
        _tell_database(before)


def _tell_database(scope: int | str | None) -> None:
    """Hand the scope to PostgreSQL's row-level security, when it changed. SQLite has none: the manager is the fence there."""
    if connection.vendor != "postgresql":
        return
    if connection.needs_rollback:
        _told.scope = None  # the rollback may bring an older scope back: tell it again next time
        return
    value = "" if scope is None else str(scope)
    connection.ensure_connection()
    told = (id(connection.connection), value)
    if getattr(_told, "scope", None) == told:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('openinfusion.tenant', %s, false)", [value])
    _told.scope = told
