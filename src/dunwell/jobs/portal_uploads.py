"""Files of strangers at the portal's door: scanned before anything is kept, where a scanner is."""

import logging
from collections.abc import Sequence
from typing import Protocol, TypeVar

from django.conf import settings

from dunwell.actions.gate import Refused
from dunwell.connectors.virus_scanner import ScannerError, VirusScanner

log = logging.getLogger(__name__)


class SentFile(Protocol):
    """A file as a form brought it."""

    @property
    def name(self) -> str:
        """Return the name it came with."""

    @property
    def data(self) -> bytes:
        """Return its bytes."""


File = TypeVar("File", bound=SentFile)


def scan_uploads(uploads: Sequence[File]) -> Sequence[File]:
    """Return the files when the virus scanner found nothing; all of them where none is set up.

    Raises Refused for a file with a finding, and while the scanner does not answer: what nobody
    looked at is not taken as evidence.
    """
    if not settings.CLAMAV_ADDRESS or not uploads:
        return uploads
    scanner = VirusScanner(address=settings.CLAMAV_ADDRESS)
    for upload in uploads:
        try:
            found = scanner.scan(upload.data)
        except ScannerError as error:
            log.warning("virus scanner failed", extra={"reason": str(error)})
            raise Refused("Files cannot be taken just now; please try again later.") from error
        if found:
            raise Refused(f"{upload.name[:100]} is not taken: the virus scanner found {found}.")
    return uploads
