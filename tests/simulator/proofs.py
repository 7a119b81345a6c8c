"""What is proved after a step: the proofs it can touch, and the events it wrote."""

from functools import cache

from django.db import connection

from dunwell.models import Event
from dunwell.queries.events import hash_of
from dunwell.queries.verify import CHECKS, verify_books

LEDGER = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I11", "I14")
"""Beginnings of the ids of what any booking can touch: proved after every step."""


class Broken(Exception):
    """A proof found rows that break it."""


class Prover:
    """Proves one company's books; remembers up to which event the chain was followed."""

    def __init__(self, company) -> None:
        self.company, self.seq, self.hash = company, 0, "0" * 64

    def after(self, prefixes: tuple[str, ...]) -> None:
        """Raise Broken unless the ledger and what the step can touch hold."""
        with connection.cursor() as cursor:
            for check in checks(prefixes):
                cursor.execute(check.on(connection.vendor), {"company": self.company.pk})
                if rows := cursor.fetchmany(3):
                    raise Broken(f"{check.id}: {check.proves} {rows}")
        self._follow()

    def _follow(self) -> None:
        """Raise Broken unless the events since the last step go on from those before."""
        rows = Event.objects.filter(company=self.company, seq__gt=self.seq).order_by("seq")
        for event in rows:
            whole = event.seq == self.seq + 1 and event.previous_hash == self.hash
            if not whole or event.hash != hash_of(event):
                raise Broken(f"I28: event {event.seq} does not follow {self.seq}")
            self.seq, self.hash = event.seq, event.hash

    def all(self) -> None:
        """Raise Broken unless every proof there is holds."""
        found = {p.id: p.rows[:3] for p in verify_books(self.company).proofs if p.broken}
        if found:
            raise Broken(str(found))


@cache
def checks(prefixes: tuple[str, ...]):
    """The checks of the ledger and of some more beginnings of ids."""
    wanted = {*LEDGER, *prefixes}
    return [
        check
        for check in CHECKS
        if check.id.split(".")[0] in wanted or check.id.rstrip("0123456789") in wanted
    ]
