"""Messages without the card numbers somebody wrote into them: masked before they are kept."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from dunwell.engine.card_numbers import card_numbers, masked


def masked_message(data: bytes, *, is_mail: bool) -> bytes:
    """Return the bytes of a message with each card number in its words masked.

    The same bytes come back where there is none. Of a mail the subject and every part of text
    are read, however they are encoded; pictures and documents are not.
    """
    plain = _masked_bytes(data)
    if not is_mail:
        return plain
    try:
        found = message_from_bytes(plain, policy=policy.default)
        if not isinstance(found, EmailMessage):
            return plain
        return found.as_bytes() if _mask_parts(found) else plain
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError):
        # damaged beyond reading: what stands there in plain is masked already
        return plain


def _masked_bytes(data: bytes) -> bytes:
    """Return bytes with the card numbers that stand in them as plain digits masked."""
    text = data.decode("latin-1")
    return masked(text).encode("latin-1") if card_numbers(text) else data


def _mask_parts(mail: EmailMessage) -> bool:
    """Mask subject and texts of a mail; return whether anything was."""
    changed = False
    subject = str(mail.get("Subject", ""))
    if card_numbers(subject):
        mail.replace_header("Subject", masked(subject))
        changed = True
    for part in mail.walk():
        if part.get_content_maintype() != "text":
            continue
        words = part.get_content()
        if isinstance(words, str) and card_numbers(words):
            part.set_content(masked(words), subtype=part.get_content_subtype())
            changed = True
    return changed
