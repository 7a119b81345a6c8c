"""Operations about mailboxes. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MailboxChange
    from dunwell_client.generated.models import MailboxIn
    from dunwell_client.generated.models import MailboxRow
    from dunwell_client.generated.models import MailboxSecret
    from dunwell_client.generated.models import MailsTaken

    from dunwell_client.transport import Connection, Files


class MailboxesArea:
    """Operations about mailboxes."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_mailboxes(self) -> list[MailboxRow]:
        """List the mailboxes with how the last look into each went.

        GET /api/v1/mailboxes
        """
        told: list[MailboxRow] = self._connection.call("GET", "/mailboxes")
        return told

    def new_mailbox(self, body: MailboxIn, *, idempotency_key: str | None = None) -> Created:
        """Add a mailbox; a webhook gets its address and secret from /mailboxes/{id}/secret.

        POST /api/v1/mailboxes
        """
        told: Created = self._connection.call("POST", "/mailboxes", body=body, takes_key=True, key=idempotency_key)
        return told

    def fetch_mailboxes(self) -> Done:
        """Begin to look into the mailboxes, in the background. No mail is taken in twice: no key.

        POST /api/v1/mailboxes/fetch
        """
        told: Done = self._connection.call("POST", "/mailboxes/fetch")
        return told

    def change_mailbox(self, mailbox_id: int, body: MailboxChange, *, idempotency_key: str | None = None) -> Done:
        """Change a mailbox; another server, user or folder is read from its beginning.

        PUT /api/v1/mailboxes/{mailbox_id}
        """
        told: Done = self._connection.call("PUT", f"/mailboxes/{path_part(mailbox_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_mailbox_secret(self, mailbox_id: int) -> MailboxSecret:
        """Make a new address and secret. Not repeatable: a kept answer would store the secret.

        POST /api/v1/mailboxes/{mailbox_id}/secret
        """
        told: MailboxSecret = self._connection.call("POST", f"/mailboxes/{path_part(mailbox_id)}/secret")
        return told

    def upload_mails(self, files: Files, *, idempotency_key: str | None = None) -> MailsTaken:
        """Take in the mails of one file (.eml, .msg or .mbox), all or none; known ones add nothing.

        POST /api/v1/mails
        """
        told: MailsTaken = self._connection.call("POST", "/mails", files={"files": files}, takes_key=True, key=idempotency_key)
        return told
