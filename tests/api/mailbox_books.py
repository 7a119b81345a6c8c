"""A mailbox that programs post to."""

from dunwell.actions.gate import system
from dunwell.actions.mailboxes import add_mailbox


def keep_mailboxes(company, *, at):
    """Add a mailbox; return its key."""
    mailbox = add_mailbox(actor=system(company), name="Inbound", kind="webhook", at=at)
    return {"mailbox_id": mailbox.pk}
