"""What an answer of ours does to its conversation: it waits for the customer from then on."""

from datetime import datetime

from dunwell.models import Conversation, Message


def note_answer(message: Message, *, at: datetime) -> None:
    """Let the conversation of a message wait for the customer; the first answer is remembered.

    Part of the action that calls it, in its transaction.
    """
    if message.conversation_id is None:
        return
    rows = Conversation.objects.filter(pk=message.conversation_id)
    rows.update(last_out_at=at)
    rows.filter(status=Conversation.Status.OPEN).update(status=Conversation.Status.WAITING)
    if message.in_reply_to:
        rows.filter(answered_at=None, last_in_at__isnull=False).update(answered_at=at)
