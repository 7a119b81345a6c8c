"""What one proof is: an id, a sentence, and a query that finds the rows that break it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One invariant; `sqlite` and `postgresql` replace `query` where the engines differ."""

    id: str
    proves: str
    query: str = ""
    sqlite: str = ""
    postgresql: str = ""

    def on(self, vendor: str) -> str:
        """Return the query for a database."""
        return (self.postgresql if vendor == "postgresql" else self.sqlite) or self.query
