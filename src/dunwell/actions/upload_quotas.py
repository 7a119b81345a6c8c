"""How much anybody may store in a day: bytes and files, by person, debtor's account or outsider.

The counts are small files in the data folder, beside the uploads they are about. They are no
records: what an action took back has still been written to the disk, and counts.
"""

import fcntl
import hashlib
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.role_rights import RIGHTS

FOLDER = "upload-days"
MB = 1024 * 1024


class UploadQuotaReached(Refused):
    """Somebody stored as much today as is taken in a day; the message says what to do."""


def take_room(by: Actor, size: int, *, at: datetime) -> None:
    """Count a file of so many bytes for whoever brings it, on the day of `at` in UTC.

    Raises UploadQuotaReached where it would be more than a day's bytes or files; it is not
    counted then. The day's cycle and the command line are not bounded.
    """
    if by.user_id is None and by.rights == RIGHTS:
        return
    is_staff = by.user_id is not None
    most = settings.UPLOAD_DAY_BYTES if is_staff else settings.PORTAL_UPLOAD_DAY_BYTES
    most_files = settings.UPLOAD_DAY_FILES if is_staff else settings.PORTAL_UPLOAD_DAY_FILES
    path = _count_of(_whose(by), at)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # until it is closed
        told = os.read(handle, 64).split()
        files, stored = (int(told[0]), int(told[1])) if told else (0, 0)
        if files + 1 > most_files:
            raise UploadQuotaReached(
                f"You stored {files:,} files today, and {most_files:,} a day are taken. Go on"
                " tomorrow, or send fewer and larger files."
            )
        if stored + size > most:
            raise UploadQuotaReached(
                f"You stored {stored / MB:,.1f} MB today; with this file of {size / MB:,.1f} MB it"
                f" would be more than the {most // MB:,} MB a day that are taken. Go on tomorrow."
            )
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{files + 1} {stored + size}".encode(), 0)
    finally:
        os.close(handle)


def _whose(by: Actor) -> str:
    """Return who is counted: a person with all their programs, all seats of a customer, a name."""
    if by.customer_id is not None:
        return f"customer {by.customer_id}"
    if by.user_id is not None:
        return f"user {by.user_id}"
    return f"outsider {by.company.pk} {by.name}"


def _count_of(whose: str, at: datetime) -> Path:
    """Return the file of somebody's count of the day; the first of a day clears those before."""
    root = Path(settings.DATA_DIR) / FOLDER
    folder = root / at.date().isoformat()
    if not folder.exists():
        # a request of the last day may still be at work
        yesterday = (at.date() - timedelta(days=1)).isoformat()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for other in root.iterdir():
            if other.name < yesterday:
                shutil.rmtree(other, ignore_errors=True)
    return folder / hashlib.sha256(whose.encode()).hexdigest()[:32]
