"""A connection with a sync, a document that differs and write-backs that wait."""

from decimal import Decimal

from dunwell.actions.connection_syncs import begin_sync, end_sync
from dunwell.actions.connections import add_connection
from dunwell.actions.gate import system
from dunwell.formats.connection_rows import OutsideOpen
from dunwell.models import Connection, ConnectionChange, ConnectionCustomer


def keep_connections(company, customer, tag="", *, at):
    """Add a connection of an Odoo that is never asked; return path parameter -> key."""
    actor = system(company)
    connection = add_connection(
        actor=actor, kind="odoo", name=f"Odoo{tag}", secret="s", at=at,
        settings={"address": "https://127.0.0.1:9", "database": "prod"},
    )  # fmt: skip
    told = {"product": "Odoo", "version": "18.0", "company": company.name, "writes": ["note"]}
    Connection.objects.filter(pk=connection.pk).update(system=told)
    ConnectionCustomer.objects.create(connection=connection, customer=customer, key="7")
    sync = begin_sync(actor=actor, connection=connection, as_of=at.date(), at=at)
    theirs = [OutsideOpen(number=f"THEIRS{tag}", customer="7", currency="EUR", open=Decimal(5))]
    end_sync(actor=actor, sync=sync, theirs=theirs, at=at)
    changes = [
        ConnectionChange.objects.create(
            connection=connection, customer=customer, kind=ConnectionChange.Kind.NOTE,
            value=f"note {number}", status=ConnectionChange.Status.TRIED, proposed_by="system",
            proposed_at=at,
        )
        for number in range(3)
    ]  # fmt: skip
    return {
        "connection_id": connection.pk,
        "connection_sync_id": sync.pk,
        "connection_change_id": changes[0].pk,
    }
