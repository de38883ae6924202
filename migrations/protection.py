"""What every council's table gets in its migration: closed rows, a log of changes, and no more grants than needed."""

from alembic import op

TENANT = "tenant_id = (select verified_tenant())"


def protect(*tables: str, log: bool = True, delete: bool = False, update: bool = True) -> None:
    """Close tables by row-level security, log their changes, and grant the application what it needs.

    `log=False` for tables of machinery whose every change would be noise; `update=False` for what only grows.
    """
    verbs = "select, insert" + (", update" if update else "") + (", delete" if delete else "")
    for table in tables:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy one_tenant on {table} as restrictive using ({TENANT}) with check ({TENANT})")
        op.execute(f"create policy rows on {table} as permissive using (true) with check (true)")
        op.execute(f"grant {verbs} on {table} to portage_app, portage_worker")
        op.execute(f"grant select on {table} to portage_backup")
        if log:
            op.execute(
                f"create trigger log_change after insert or update or delete on {table} "
                "for each row execute function log_row_change()"
            )
