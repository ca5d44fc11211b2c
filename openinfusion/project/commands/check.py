"""`openinfusion check`: what is wrong with this configuration and how to mend it."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable, Iterator

Problem = tuple[str, str]  # what is wrong, how to mend it


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser("check", help="say what is wrong with the configuration and how to mend it")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print every problem with its remedy; exit 1 when there is one."""
    problems = [problem for test in TESTS for problem in test()]
    for wrong, remedy in problems:
        print(f"PROBLEM  {wrong}\n  mend:  {remedy}")
    print(f"{len(TESTS)} checks, {len(problems)} problems")
    return 1 if problems else 0


def secret_key() -> Iterator[Problem]:
    from django.conf import settings

    if not settings.DEMO and (len(settings.SECRET_KEY) < 50 or settings.SECRET_KEY.startswith("set-")):
        yield (
            "OPENINFUSION_SECRET_KEY is missing or short.",
            "Set it to at least 50 random characters and keep it secret.",
        )


def transport() -> Iterator[Problem]:
    from django.conf import settings

    if not settings.DEMO and not settings.USES_HTTPS:
        yield (
            "OPENINFUSION_PUBLIC_URL is not an https address, so cookies travel unprotected.",
            "Put a TLS proxy in front and set OPENINFUSION_PUBLIC_URL=https://your.host",
        )


def database() -> Iterator[Problem]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import DatabaseError

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield f"The database does not answer ({type(error).__name__}).", "Check DATABASE_URL and that the server runs."
        return
    if waiting:
        yield f"{len(waiting)} database migrations are not applied.", "Run: openinfusion manage migrate"
    yield from _durability(connection)


def _durability(connection) -> Iterator[Problem]:  # type: ignore[no-untyped-def]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            if cursor.fetchone()[0] < 2:
                yield (
                    "SQLite would lose acknowledged rows in a power cut.",
                    "Remove the option that changes PRAGMA synchronous.",
                )
            return
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone()[0] == "off":
            yield "PostgreSQL acknowledges before it is durable.", "Set synchronous_commit = on in postgresql.conf."
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            yield (
                "The database user is a superuser, so row-level security does not bind it.",
                "Create an ordinary role that owns the database and use it in DATABASE_URL.",
            )


def data_folder() -> Iterator[Problem]:
    from django.conf import settings

    try:
        probe = settings.DATA_DIR / ".write-probe"
        probe.write_text("ok")
        probe.unlink()
    except OSError as error:
        yield (
            f"The data folder cannot be written ({error.strerror}).",
            "Set OPENINFUSION_DATA_DIR to a folder this user may write.",
        )


def gateway_ports() -> Iterator[Problem]:
    from django.conf import settings

    if settings.GATEWAY_MLLP_PORT == settings.GATEWAY_HTTP_PORT:
        yield (
            "Both gateway ports are the same.",
            "Give OPENINFUSION_MLLP_PORT and OPENINFUSION_GATEWAY_HTTP_PORT two numbers.",
        )
    try:
        socket.getaddrinfo(settings.GATEWAY_HOST, None)
    except OSError:
        yield "OPENINFUSION_GATEWAY_HOST is no address of this machine.", "Use 127.0.0.1, or the address pumps reach."


def demo_tenants() -> Iterator[Problem]:
    from django.conf import settings
    from django.db.utils import DatabaseError

    from openinfusion.platform.tenancy.models import Tenant

    try:
        demo = Tenant.objects.filter(is_demo=True).exists()
        real = Tenant.objects.filter(is_demo=False).exists()
    except DatabaseError:
        return
    if demo and real:
        yield "A demo program and a real one share this database.", "Move the demo to a database of its own."
    if settings.DEMO and real:
        yield "OPENINFUSION_DEMO=1 with a real program.", "Remove OPENINFUSION_DEMO from the environment."


TESTS: tuple[Callable[[], Iterator[Problem]], ...] = (
    secret_key, transport, database, data_folder, gateway_ports, demo_tenants,
)  # fmt: skip
