"""Mails attached to a mail (.eml, and .msg of Outlook): their words and files are told with it.

Pure. A mail in which a program lies is as dangerous as the program, and says so; one that
nobody could look into says that.
"""

from dataclasses import replace

from dunwell.formats.card_masking import masked_message
from dunwell.formats.inbound_files import OUTLOOK
from dunwell.formats.inbound_mail import InboundFile, InboundMail, InboundMailError, read_mail
from dunwell.formats.mail_text import MOST_TEXT, language_of
from dunwell.formats.outlook_mail import OutlookMailError, outlook_mail

MAIL = "message/rfc822"
MOST_DEPTH = 3
"""Mails within mails that are opened; deeper ones are kept and not opened."""
MOST_FILES = 200
TOO_DEEP = f"it lies in mails within mails, more than {MOST_DEPTH} deep."
TOO_MANY = f"The mails in it have more than {MOST_FILES} files; the rest lies in them."


def with_attached(mail: InboundMail) -> InboundMail:
    """Return what a person wrote with the words and files of the mails attached to it.

    The words stand with what was quoted; where a mail says nothing itself, as one does that
    passes another on, those of the first attached mail are what it says. A report of a mail
    server and an automatic answer come back as they are: what hangs on them is a mail of ours.
    """
    return mail if mail.kind != "person" else _opened(mail, depth=1)


def _opened(mail: InboundMail, *, depth: int) -> InboundMail:
    files: list[InboundFile] = []
    inner: list[InboundMail] = []
    for file in mail.files:
        if file.media_type not in {MAIL, OUTLOOK}:
            files.append(file)
            continue
        try:
            found = _read(file, depth=depth)
        except (InboundMailError, OutlookMailError) as error:
            files.append(_blocked(file, finding=f"Nobody could look into this mail: {error}"))
            continue
        inner.append(found)
        bad = next((one for one in found.files if one.finding), None)
        files.append(file if bad is None else _holding(file, bad))
        files += found.files
    if not inner:
        return replace(mail, files=tuple(files))
    return replace(_worded(mail, inner), files=tuple(files))


def _read(file: InboundFile, *, depth: int) -> InboundMail:
    """Return an attached mail, with what is attached to it."""
    if depth > MOST_DEPTH:
        raise InboundMailError(TOO_DEEP)
    data = file.data
    if file.media_type == OUTLOOK:
        # its words are read from here on, so what no mail may keep is taken out here
        data = masked_message(outlook_mail(data), is_mail=True)
    return _opened(read_mail(data), depth=depth + 1)


def _holding(file: InboundFile, bad: InboundFile) -> InboundFile:
    said = f"The mail holds {bad.name}, which must not be opened: {bad.finding}"
    return _blocked(file, finding=said)


def _blocked(file: InboundFile, *, finding: str) -> InboundFile:
    return replace(file, finding=file.finding or finding[:300])


def _worded(mail: InboundMail, inner: list[InboundMail]) -> InboundMail:
    """Return the mail with the words of the attached ones."""
    told = [_told(one) for one in inner]
    text = mail.text
    if not text.strip():
        text = inner[0].text
        told = [_told(replace(inner[0], text="")), *told[1:]]
    quoted = "\n\n".join(one for one in (mail.quoted, *told) if one.strip())
    finding = " ".join(dict.fromkeys(one.finding for one in (mail, *inner) if one.finding))
    return replace(
        mail,
        text=text,
        quoted=quoted[:MOST_TEXT],
        language=mail.language if text == mail.text else language_of(text) or inner[0].language,
        finding=finding[:300],
    )


def _told(mail: InboundMail) -> str:
    """Return an attached mail in words: who, what about, and what it says and quotes."""
    by = f"{mail.sender_name} <{mail.sender}>".strip() if mail.sender else mail.sender_name
    lines = [f"From: {by}" if by else "", f"Subject: {mail.subject}" if mail.subject else ""]
    head = "\n".join(line for line in lines if line)
    return "\n\n".join(part for part in (head, mail.text, mail.quoted) if part.strip())
