"""The cap on uploads: counted while the bytes come in, so that a huge file never fills memory."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest


class CappedUpload(FileUploadHandler):
    """Stops an upload whose files together pass a limit; what came in lies in temporary files."""

    def __init__(self, request: HttpRequest, *, limit_bytes: int) -> None:
        super().__init__(request)
        self.limit_bytes = limit_bytes
        self.received = 0
        self.is_over = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        """Count the bytes and hand them on; beyond the limit the rest is read and thrown away."""
        self.received += len(raw_data)
        if self.received > self.limit_bytes:
            self.is_over = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        """Leave the file to the handlers that keep it."""
        return
