"""Names of the events of insight, marked for the catalogs: planning, risk, improvement, reports."""


EVENTS: tuple[str, ...] = ()
