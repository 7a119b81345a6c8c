"""The operations of mailboxes, for the table of all of them."""

MAIL = (
    b"From: ann@globex.example\r\nMessage-ID: <m1@globex.example>\r\nSubject: x\r\n\r\nHello\r\n"
)
MAILBOX_OPERATIONS = {
    "list_mailboxes": ("AMCKDRNF",),
    "new_mailbox": ("A", {"name": "Second", "kind": "upload"}),
    "change_mailbox": ("A", {"name": "Renamed", "version": 1}),
    "new_mailbox_secret": ("A",),
    "fetch_mailboxes": ("MCKD",),
    "upload_mails": ("MCKD", None, {}, True, MAIL),
}
MAILBOX_WITHOUT_KEY = {
    "new_mailbox_secret": "a kept answer would store the secret",
    "fetch_mailboxes": "a mail is taken in once, however often it is looked for",
}
