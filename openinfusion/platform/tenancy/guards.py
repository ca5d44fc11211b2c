"""Fences inside the database: rows that may only be added, and PostgreSQL row-level security.

Installed after every migrate on both databases, so that a bug or a curious administrator with an open
connection of the application cannot rewrite the audit log, the events or a signed order revision.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

from openinfusion.platform.tenancy.models import TenantRow


def append_only_tables() -> list[str]:
    """Tables whose model says ``APPEND_ONLY = True``."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "APPEND_ONLY", False))


def tenant_tables() -> list[str]:
    """Tables with a tenant column."""
    return sorted(
        model._meta.db_table for model in apps.get_models() if issubclass(model, TenantRow) and not model._meta.proxy
    )


def install(*, using: str = "default", **_: Any) -> None:
    """Create or refresh the guards. Safe to run again."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in append_only_tables():
            if table in existing:
                for statement in _append_only_sql(connection.vendor, table):
                    cursor.execute(statement)
        if connection.vendor == "postgresql":
            for table in tenant_tables():
                if table in existing:
                    for statement in _row_level_security_sql(table):
                        cursor.execute(statement)


def lift(*, using: str = "default") -> None:
    """Take the append-only triggers away: only for tests that tamper on purpose or empty a test database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in append_only_tables():
            for statement in _lifting_sql(connection.vendor, table):
                cursor.execute(statement)


def _lifting_sql(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [f'DROP TRIGGER IF EXISTS "{table}_no_{verb}"' for verb in ("UPDATE", "DELETE")]
    return [f'DROP TRIGGER IF EXISTS "{table}_append_only" ON "{table}"']


def _append_only_sql(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb}" BEFORE {verb} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION openinfusion_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        f'CREATE OR REPLACE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION openinfusion_append_only()",
    ]


def _row_level_security_sql(table: str) -> list[str]:
    reach = "current_setting('openinfusion.tenant', true)"
    rule = f"({reach} = '*' OR tenant_id::text = {reach})"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS tenant_isolation ON "{table}"',
        f'CREATE POLICY tenant_isolation ON "{table}" USING {rule} WITH CHECK {rule}',
    ]
