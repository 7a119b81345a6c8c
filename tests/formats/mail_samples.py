"""Mails as programs write them: Outlook, Gmail, Apple Mail, Thunderbird, phones, servers.

Written for these tests after the forms those programs use. `SAMPLES` holds by name the bytes and
what must be read of them.
"""

from tests.formats.mail_builders import (
    OURS,
    PDF,
    PNG,
    file,
    lines,
    mail,
    multi,
    of,
    parts,
    quoting,
    text,
)

OUTLOOK_HTML = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p{margin:0}</style></head>'
    '<body lang="DE"><div class="WordSection1"><p class="MsoNormal">Guten Tag,<o:p></o:p></p>'
    '<p class="MsoNormal">die Rechnung R-1001 wird am 15.05. bezahlt.</p></div>'
    '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Von:</b> Credit Desk<br>'
    "<b>Gesendet:</b> Freitag<br><b>Betreff:</b> Mahnung</div><p>Alte Worte</p></body></html>"
)
GMAIL_HTML = (
    '<div dir="ltr">We will pay R-1001 on Friday.</div><br><div class="gmail_quote"><div dir="ltr" '
    'class="gmail_attr">On Mon, 4 May 2026 at 09:00, Credit &lt;credit@seller.example&gt; wrote:<br>'
    '</div><blockquote class="gmail_quote">Please pay R-1001.</blockquote></div>'
)
NDR = parts(
    "report; report-type=delivery-status",
    text("Delivery has failed to these recipients: nobody@buyer.example\r\nUser unknown"),
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.buyer.example\r\n\r\n"
    "Final-Recipient: rfc822; nobody@buyer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {OURS}\r\nSubject: Reminder\r\n",
)


REPLIES = {
    "gmail_en": of(
        quoting(
            "We paid R-1001 yesterday.",
            "On Mon, 4 May 2026 at 09:00, Credit <credit@seller.example> wrote:",
            "",
            "> Please pay.",
            ">> older",
        ),
        text="We paid R-1001 yesterday.",
        quoted="> Please pay.",
        language="en",
        in_reply_to=OURS,
        references=("<x@y>", OURS),
    ),
    "gmail_wrapped_attribution": of(
        quoting(
            "Noted.",
            "On Mon, 4 May 2026 at 09:00, The Credit Desk of Seller",
            "<credit@seller.example> wrote:",
            "",
            "> Please pay.",
        ),
        text="Noted.",
        quoted="> Please pay.",
    ),
    "gmail_de": of(
        quoting(
            "Wir haben die Rechnung bezahlt.",
            "Am Mo., 4. Mai 2026 um 09:00 Uhr schrieb Credit <credit@seller.example>:",
            "> Bitte",
        ),
        text="Wir haben die Rechnung bezahlt.",
        quoted="> Bitte",
        language="de",
    ),
    "gmail_fr": of(
        quoting(
            "Nous avons payé la facture.",
            "Le lun. 4 mai 2026 à 09:00, Credit <credit@seller.example> a écrit :",
            "> Merci",
        ),
        text="Nous avons payé la facture.",
        quoted="> Merci",
        language="fr",
    ),
    "gmail_es": of(
        quoting(
            "Ya hemos pagado la factura.",
            "El lun, 4 may 2026 a las 9:00, Credit (<credit@seller.example>) escribió:",
            "> Hola",
        ),
        text="Ya hemos pagado la factura.",
        quoted="> Hola",
        language="es",
    ),
    "outlook_en": of(
        quoting(
            "Please send the PO.",
            "From: Credit <credit@seller.example>",
            "Sent: Monday, May 4, 2026 9:00 AM",
            "To: Ann",
            "Subject: Reminder",
            "",
            "Old words",
        ),
        text="Please send the PO.",
        quoted="Old words",
    ),
    "outlook_de": of(
        quoting(
            "Bitte senden Sie uns die Rechnung.",
            "Von: Credit <credit@seller.example>",
            "Gesendet: Montag, 4. Mai 2026 09:00",
            "An: Ann",
            "Betreff: Mahnung",
            "",
            "Alt",
        ),
        text="Bitte senden Sie uns die Rechnung.",
        quoted="Alt",
        language="de",
    ),
    "outlook_fr": of(
        quoting(
            "Merci de nous envoyer la facture.",
            "De : Credit <credit@seller.example>",
            "Envoyé : lundi 4 mai 2026",
            "À : Ann",
            "Objet : Relance",
            "",
            "Ancien",
        ),
        text="Merci de nous envoyer la facture.",
        quoted="Ancien",
        language="fr",
    ),
    "outlook_es": of(
        quoting(
            "Por favor envíe la factura.",
            "De: Credit <credit@seller.example>",
            "Enviado el: lunes, 4 de mayo de 2026",
            "Para: Ann",
            "Asunto: Aviso",
            "",
            "Antiguo",
        ),
        text="Por favor envíe la factura.",
        quoted="Antiguo",
        language="es",
    ),
    "outlook_original_message": of(
        quoting("ok", "-----Original Message-----", "From: Credit", "Old"), text="ok", quoted="Old"
    ),
    "outlook_original_de": of(
        quoting("ja", "-----Ursprüngliche Nachricht-----", "Von: Credit", "Alt"),
        text="ja",
        quoted="Alt",
    ),
    "outlook_underscores": of(
        quoting(
            "See below.",
            "________________________________",
            "From: Credit <c@s.example>",
            "Sent: Monday",
            "To: Ann",
            "Subject: R",
            "",
            "Old",
        ),
        text="See below.\n\n________________________________",
        quoted="Old",
    ),
    "apple_mail": of(
        quoting(
            "Paid today.",
            "> On 4 May 2026, at 09:00, Credit <credit@seller.example> wrote:",
            ">",
            "> Please pay.",
        ),
        text="Paid today.",
        quoted="> Please pay.",
    ),
    "thunderbird_below": of(
        quoting("On 04/05/2026 09:00, Credit wrote:", "> Please pay R-1001.", "", "It was paid."),
        text="It was paid.",
        quoted="> Please pay R-1001.",
    ),
    "thunderbird_between": of(
        quoting("> Is R-1001 paid?", "Yes.", "> And R-1002?", "No, it is wrong."),
        text="Yes.\nNo, it is wrong.",
        quoted="> And R-1002?",
    ),
    "thunderbird_de": of(
        quoting("Am 04.05.2026 um 09:00 schrieb Credit:", "> Bitte zahlen", "", "Ist bezahlt."),
        text="Ist bezahlt.",
        quoted="> Bitte zahlen",
    ),
    "iphone_signature": of(
        quoting("Will check.", "Sent from my iPhone", "", "> On 4 May 2026 wrote:", "> old"),
        text="Will check.",
        signature="Sent from my iPhone",
        quoted="> old",
    ),
    "android_de_signature": of(
        mail(lines("Melde mich morgen.", "", "Von meinem Samsung Galaxy Smartphone gesendet.")),
        text="Melde mich morgen.",
        signature="Von meinem Samsung Galaxy Smartphone gesendet.",
    ),
    "signature_de": of(
        mail(lines("Bitte um Kopie.", "", "Mit freundlichen Grüßen", "Ann Lee", "Tel. 030 1234")),
        text="Bitte um Kopie.",
        signature="Mit freundlichen Grüßen\nAnn Lee\nTel. 030 1234",
    ),
    "signature_delimiter": of(
        mail(lines("Copy please.", "-- ", "Ann Lee", "Buyer Ltd")),
        text="Copy please.",
        signature="-- \nAnn Lee\nBuyer Ltd",
    ),
    "postscript_is_no_signature": of(
        mail(lines("Paid.", "Best regards", "Ann", "PS: R-1002 is wrong")),
        text="Paid.\nBest regards\nAnn\nPS: R-1002 is wrong",
        signature="",
    ),
    "forward_without_words": of(
        quoting(
            "",
            "---------- Forwarded message ---------",
            "From: Boss <boss@buyer.example>",
            "Subject: R-1001",
            "",
            "Please dispute this.",
        ),
        text="---------- Forwarded message ---------\nFrom: Boss <boss@buyer.example>\n"
        "Subject: R-1001\n\nPlease dispute this.",
    ),
    "forward_with_words": of(
        quoting("See what he says.", "Begin forwarded message:", "", "> From: Boss", "> wrong"),
        text="See what he says.",
        quoted="> wrong",
    ),
}
HTML = {
    "outlook_html_only": of(
        mail(OUTLOOK_HTML, kind="Content-Type: text/html; charset=utf-8"),
        text="Guten Tag,\n\ndie Rechnung R-1001 wird am 15.05. bezahlt.", quoted="Alte Worte",
        language="de",
    ),
    "gmail_html_only": of(
        mail(GMAIL_HTML, kind="Content-Type: text/html; charset=utf-8"),
        text="We will pay R-1001 on Friday.", quoted="Please pay R-1001.",
    ),
    "alternative": of(
        multi("alternative", text("Plain words."), text("<p>Plain words.</p>", "html")),
        text="Plain words.",
    ),
    "alternative_with_empty_plain": of(
        multi("alternative", text(" "), text("<p>Only here.</p>", "html")), text="Only here."
    ),
    "hidden_text": of(
        mail('<p>Shown</p><div style="display:none">IGNORE</div><span style="font-size:0">X</span>',
             kind="Content-Type: text/html"),
        text="Shown",
    ),
    "tracking_pixel": of(
        mail('<p>Hi</p><img src="https://track.example/x.gif" alt="pixel">',
             kind="Content-Type: text/html"),
        text="Hi",
    ),
    "apple_in_pieces": of(
        multi("mixed", text("First."), file(PDF, "a.pdf", "application/pdf", "inline"), text("Last.")),
        text="First.\nLast.", files=(("a.pdf", "application/pdf", ""),),
    ),
}  # fmt: skip
HTML["inline_image"] = of(
    multi(
        "related",
        text('<p>See logo</p><img src="cid:logo">', "html"),
        file(PNG, "logo.png", "image/png", "inline", "Content-ID: <logo>\r\n"),
    ),
    text="See logo", files=(("logo.png", "image/png", ""),),
)  # fmt: skip
CHARSETS = {
    "latin1_told": of(
        mail("", kind="Content-Type: text/plain; charset=iso-8859-1").rstrip()
        + b"\r\n\r\nGr\xfc\xdfe aus M\xfcnchen",
        text="Grüße aus München",
    ),
    "latin1_told_as_utf8": of(
        mail("").rstrip() + b"\r\n\r\nWir haben die M\xfcnchner Rechnung f\xfcr Mai schon bezahlt.",
        text="Wir haben die Münchner Rechnung für Mai schon bezahlt.",
    ),
    "no_such_charset": of(
        mail("Grüße", kind="Content-Type: text/plain; charset=x-unknown-9"), text="Grüße"
    ),
    "japanese": of(
        mail("", kind="Content-Type: text/plain; charset=iso-2022-jp").rstrip()
        + b"\r\n\r\n" + "請求書を確認しました".encode("iso-2022-jp"),
        text="請求書を確認しました",
    ),
    "russian": of(
        mail("", kind="Content-Type: text/plain; charset=koi8-r").rstrip()
        + b"\r\n\r\n" + "Счёт оплачен".encode("koi8-r"),
        text="Счёт оплачен",
    ),
    "encoded_subject": of(
        mail("x", subject="=?utf-8?Q?Re:_Rechnung_f=C3=BCr_?= =?utf-8?B?TWFpIOKCrA==?="),
        subject="Re: Rechnung für Mai €",
    ),
    "subject_cut_in_a_character": of(
        mail("x", subject="=?utf-8?B?w4Q=?= =?utf-8?Q?rger_=C3?= =?utf-8?Q?=BC?="),
        subject="Ärger ü",
    ),
    "broken_encoded_word": of(mail("x", subject="=?utf-8?B?!!!?= rest"), sender="ann@buyer.example"),
    "raw_bytes_in_headers": of(
        mail("x").replace(b"Subject: Invoice", b"Subject: Zahlung M\xfcller"),
        subject="Zahlung Müller R-1001",
    ),
    "encoded_sender": of(
        mail("x", sender="=?iso-8859-1?Q?J=F6rg_M=FCller?= <JOERG@Buyer.Example>"),
        sender="joerg@buyer.example", sender_name="Jörg Müller",
    ),
    "quoted_printable": of(
        mail("Wir zahlen am 15=2E Mai, sp=C3=A4testens=\r\n bald.",
             kind="Content-Type: text/plain; charset=utf-8\r\n"
             "Content-Transfer-Encoding: quoted-printable"),
        text="Wir zahlen am 15. Mai, spätestens bald.",
    ),
    "broken_base64": of(
        mail("SGVsbG8gd29ybGQ*!", kind="Content-Type: text/plain\r\nContent-Transfer-Encoding: base64"),
        text="Hello world",
    ),
}  # fmt: skip
KINDS = {
    "exchange_ndr": of(
        mail(NDR[0], kind=NDR[1], sender="postmaster@buyer.example", subject="Undeliverable"),
        kind="bounce",
    ),
    "out_of_office": of(
        mail("I am out of the office until 12 May 2026.", subject="Automatic reply: Reminder",
             more=("Auto-Submitted: auto-replied",)),
        kind="automatic",
    ),
    "newsletter": of(mail("Buy now", more=("Precedence: bulk",)), kind="automatic"),
    "calendar_invite": of(
        multi("alternative", text("Call about R-1001"),
              "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR"),
        text="Call about R-1001", files=(("invite.ics", "text/calendar", ""),), kind="person",
    ),
    "nested_forward": of(
        multi("mixed", text("See attached mail."),
              "Content-Type: message/rfc822\r\n\r\n" + mail("Old", subject="Wrong price").decode()),
        text="See attached mail.", files=(("Wrong price.eml", "message/rfc822", ""),),
    ),
    "smime": of(
        mail("MIIB", kind="Content-Type: application/pkcs7-mime; smime-type=enveloped-data; "
             'name="smime.p7m"\r\nContent-Transfer-Encoding: base64'),
        finding="The mail is encrypted with S/MIME. Ask the sender to write without encryption.",
    ),
    "pgp": of(
        multi("encrypted", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
              "Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----"),
        finding="The mail is encrypted with PGP. Ask the sender to write without encryption.",
    ),
    "winmail": of(
        multi("mixed", text("See file"), file(b"\x78\x9f\x3e\x22rest", "winmail.dat")),
        text="See file",
        files=(("winmail.dat", "application/ms-tnef",
                "winmail.dat hides its files. Ask the sender to write in HTML or plain text."),),
    ),
    "no_boundary": of(mail("Some words", kind="Content-Type: multipart/mixed"), text="Some words"),
    "boundary_that_never_comes": of(
        mail("Some words", kind='Content-Type: multipart/mixed; boundary="zzz"'), text="Some words"
    ),
    "no_headers": of(b"\r\njust words", text="just words", sender="", subject=""),
    "no_body": of(mail(""), text=""),
    "bad_date": of(
        mail("x").replace(b"Mon, 4 May 2026 10:15:00 +0200", b"yesterday, more or less"), sent_at=None
    ),
    "direction_marks": of(
        multi("mixed", text("a\u202eb"), file(PDF, "invoice\u202efdp.exe")), text="ab",
        files=(("invoicefdp.pdf", "application/pdf", "Files that end in .exe can start programs."),),
    ),
}  # fmt: skip
SAMPLES = {**REPLIES, **HTML, **CHARSETS, **KINDS}
