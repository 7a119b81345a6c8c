"""Entries of zips we write: dated by what they hold, so that the same content is the same zip."""

import zipfile
from datetime import date

FIRST_YEAR = 1980
"""Before it a zip knows no day."""


def zip_entry(name: str, *, on: date) -> zipfile.ZipInfo:
    """Return the entry of a packed file that its owner alone may read, dated `on`."""
    entry = zipfile.ZipInfo(name, (max(on.year, FIRST_YEAR), on.month, on.day, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
