"""Message texts with placeholders: a language that can only insert stated facts.

A wording knows `{name}` placeholders from a fixed list, blocks that stand on a
line of their own, and `{{`/`}}` for braces. There are no calls, attributes,
loops, conditions or formats: amounts and dates arrive as texts the caller has
formatted. Inserted values are never read as wording again.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.fillings import BREAK, CONTROL, TOKEN, names
from dunwell.engine.placeholders import (
    BLOCKS,
    CHARGE_VALUES,
    CHARGES_TOTAL_VALUES,
    LINE_VALUES,
    TOTAL_VALUES,
    VALUES,
)

TEMPLATES: Mapping[str, str] = {
    "upcoming": "courtesy note before the due date",
    "reminder": "first friendly reminder",
    "second_reminder": "second reminder, firmer",
    "urgent_reminder": "third reminder, asks for payment or an answer by a day",
    "final_notice": "last letter before other steps",
    "call_script": "what to say and ask in a first call",
    "second_call_script": "what to say in a call about old items",
    "broken_promise": "a promised payment did not arrive",
    "promise_confirmation": "confirms what was promised",
    "statement": "account statement without a request",
    "sms_reminder": "one short message",
    "portal_notice": "one short notice on the debtor's page",
    "follow_up": "leads to the assistant, which asks when it will be paid and what is in the way",
}
"""Names a strategy may use, and what each is for."""

REPLY_TEMPLATES: Mapping[str, str] = {
    "answer": "a plain answer to what a customer wrote",
    "invoice_copies": "sends copies of invoices",
    "remittance_request": "asks which invoices a payment was for",
    "dispute_received": "says that a complaint is looked into",
}
"""What a person starts a message from that no strategy names, and what each is for."""

SHORT_TEMPLATES = frozenset({"sms_reminder", "portal_notice"})
"""Templates without an items block, which may be sent by sms."""

CALL_TEMPLATES = frozenset({"call_script", "second_call_script"})
"""Templates for our own eyes: what to say, never sent to anybody."""

DIALOGUE_TEMPLATES, DIALOGUE_LINK = frozenset({"follow_up"}), "dialogue_link"
"""Templates that only a step of the channel `dialogue` sends, and the link each of them holds."""

NOTICE_TEMPLATES = frozenset({"debit_notice"})
"""Templates of ours that no strategy names: what must be told whether or not anything is late."""

LONGEST_SUBJECT = 200
LONGEST_WORDING = 20_000
LONGEST_VALUE = 2_000
LONGEST_BODY = 200_000
MOST_LINES = 500
"""Bounds of what may be published, stated and rendered."""

_TOTAL = re.compile(r"total:([A-Z]{3})")
_CHARGE_TEXTS = ("charges_total", "total_with_charges", "charges_until")
SEVERAL_LINES = frozenset({"how_to_pay"})
"""Values that keep their line breaks."""
_FIELDS = ("subject", "body")
_SHARED = ("line", "line_before_due", "credit_line", "total_line", "credits_heading", "more_line")
_CHARGES = ("charges_heading", "charge_line", "charges_total_line")


class WordingError(DocumentError):
    """A wording or its facts cannot be used; the message says what, where, and what to do."""


Line = Mapping[str, str] | str
"""What a line says, by LINE_VALUES, or the line as it was filled before."""

LineForms = tuple[str, str, str]
"""How a line is put for an item that is late, for one that is not due yet, and for a credit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """One message text in one language; `line` and its kin are shared by a document."""

    template: str
    language: str
    subject: str
    body: str
    line: str
    line_before_due: str
    credit_line: str
    total_line: str
    credits_heading: str
    more_line: str
    charges_heading: str = ""
    charge_line: str = ""
    charges_total_line: str = ""

    @property
    def tells_charges(self) -> bool:
        """Return whether the text says what has accrued for late payment."""
        asked = {*names(self.subject), *names(self.body)}
        return not asked.isdisjoint(("charges", *_CHARGE_TEXTS))

    @property
    def line_forms(self) -> LineForms:
        """Return the forms of its lines of items and credits."""
        return self.line, self.line_before_due, self.credit_line


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a message says: texts only, money and dates already formatted.

    `values` by the names of VALUES, `items` and `credits` by LINE_VALUES, `totals`
    maps a currency to what is asked for in it. An item with an empty `days_late` is
    not due yet. Unapplied cash is listed among the credits, so that the sums agree. `charges` by
    CHARGE_VALUES and `charge_totals` by CHARGES_TOTAL_VALUES, one per currency. An item or credit
    may be the line itself, where a frame of them was filled by `line_forms`. `said` are more of
    `values`, of which many messages say the same: they are looked through once.
    """

    values: Mapping[str, str]
    said: tuple[tuple[str, str], ...] = ()
    items: Sequence[Line] = ()
    credits: Sequence[Line] = ()
    totals: Mapping[str, str] = field(default_factory=dict)
    charges: Sequence[Mapping[str, str]] = ()
    charge_totals: Sequence[Mapping[str, str]] = ()


def read_wordings(document: Mapping[str, object]) -> dict[str, Wording]:
    """Return the wordings of one language by template name; this is what publishing runs.

    Raises WordingError for an unknown placeholder, a line break in a subject, a
    text that is too long, or a request for money that does not say how much, for
    what, and whom to answer.
    """
    try:
        documents.known(document, ("language", "valid_from", "shared", "wordings"), "wordings")
        language = documents.text(document, "language", "wordings")
        where = f"wordings {language}"
        shared = documents.fields(document.get("shared"), f"{where}, shared")
        documents.known(shared, (*_SHARED, *_CHARGES), f"{where}, shared")
        listed = documents.fields(document.get("wordings"), where)
        lines = {name: documents.text(shared, name, f"{where}, shared") for name in _SHARED}
        lines |= {
            name: documents.text(shared, name, f"{where}, shared")
            for name in _CHARGES
            if name in shared
        }
        found = {
            str(name): _wording(str(name), language, stated, lines, f"{where}, {name}")
            for name, stated in listed.items()
        }
    except WordingError:
        raise
    except DocumentError as error:
        raise WordingError(str(error)) from error
    for wording in found.values():
        check_wording(wording)
    return found


def check_wording(wording: Wording) -> None:
    """Raise WordingError for what keeps a wording from being published; all that is missing."""
    used = check_text(wording)
    missing = sorted(_needed(wording.template) - used)
    where = f"{wording.template} ({wording.language})"
    if len(missing) == 1:
        raise WordingError(f"{where}, body: {{{missing[0]}}} is missing; a reader needs it")
    if missing:
        listed = ", ".join(f"{{{name}}}" for name in missing)
        raise WordingError(f"{where}, body: {listed} are missing; a reader needs them")


def check_text(wording: Wording) -> set[str]:
    """Return the placeholders of a body; raise WordingError for what could not be filled in."""
    where = f"{wording.template} ({wording.language})"
    if CONTROL.search(wording.subject) or BREAK.search(wording.subject):
        raise WordingError(f"{where}: the subject holds a line break or control character")
    if len(wording.subject) > LONGEST_SUBJECT:
        raise WordingError(f"{where}: the subject is longer than {LONGEST_SUBJECT} characters")
    if len(wording.body) > LONGEST_WORDING:
        raise WordingError(f"{where}: the body is longer than {LONGEST_WORDING} characters")
    _check_tokens(wording.subject, VALUES, f"{where}, subject", has_totals=True)
    used = _check_body(wording.body, f"{where}, body")
    if DIALOGUE_LINK in {*used - _links(wording.template), *names(wording.subject)}:
        raise WordingError(
            f"{where}: {{{DIALOGUE_LINK}}} stands in the body of a follow_up alone; take it out"
        )
    for name, allowed in (
        ("line", LINE_VALUES),
        ("line_before_due", LINE_VALUES),
        ("credit_line", LINE_VALUES),
        ("total_line", TOTAL_VALUES),
        ("credits_heading", ()),
        ("more_line", ("count",)),
        ("charges_heading", ("charges_until",)),
        ("charge_line", CHARGE_VALUES),
        ("charges_total_line", CHARGES_TOTAL_VALUES),
    ):
        text = str(getattr(wording, name))
        if BREAK.search(text):
            raise WordingError(f"{where}, {name}: must be a single line")
        _check_tokens(text, allowed, f"{where}, {name}")
    if "charges" in used and not all(getattr(wording, name) for name in _CHARGES):
        raise WordingError(
            f"{where}: {{charges}} needs {', '.join(_CHARGES)} among the shared lines; add them"
        )
    return used


def _needed(template: str) -> set[str]:
    """Return what a request for money must say, and what an answer must."""
    if template in SHORT_TEMPLATES or template in REPLY_TEMPLATES:
        return {"reply_to"}
    if template == "promise_confirmation":
        return {"promise_day", "promise_amount", "reply_to"}
    if template in NOTICE_TEMPLATES:
        return {"lines", "totals", "debit_day", "mandate", "creditor_id", "reply_to"}
    return {"lines", "totals", "credits", "reply_to"} | _links(template)


def _links(template: str) -> set[str]:
    """Return the link a template must hold and no other may."""
    return {DIALOGUE_LINK} if template in DIALOGUE_TEMPLATES else set()


def _wording(
    name: str, language: str, stated: object, lines: Mapping[str, str], where: str
) -> Wording:
    known = (*TEMPLATES, *REPLY_TEMPLATES, *sorted(NOTICE_TEMPLATES))
    documents.choice(name, "template", known, where)
    texts = documents.fields(stated, where)
    documents.known(texts, _FIELDS, where)
    return Wording(
        template=name,
        language=language,
        subject=documents.text(texts, "subject", where),
        body=documents.text(texts, "body", where),
        line=lines["line"],
        line_before_due=lines["line_before_due"],
        credit_line=lines["credit_line"],
        total_line=lines["total_line"],
        credits_heading=lines["credits_heading"],
        more_line=lines["more_line"],
        charges_heading=lines.get("charges_heading", ""),
        charge_line=lines.get("charge_line", ""),
        charges_total_line=lines.get("charges_total_line", ""),
    )


def _check_body(body: str, where: str) -> set[str]:
    """Return the placeholders used; refuse unknown ones and blocks that do not stand alone."""
    if "\r" in body or CONTROL.search(body):
        raise WordingError(f"{where}: holds a control character; use plain line breaks")
    used: set[str] = set()
    for number, line in enumerate(body.split("\n"), 1):
        block = block_of(line)
        if block is not None:
            used.add(block)
            continue
        used |= _check_tokens(line, VALUES, f"{where}, line {number}", has_totals=True)
    return used


def _check_tokens(
    text: str, allowed: Collection[str], where: str, *, has_totals: bool = False
) -> set[str]:
    used: set[str] = set()
    for token in TOKEN.finditer(text):
        name = token.group(1)
        if token.group(0) in {"{{", "}}"}:
            continue
        if name is None:
            raise WordingError(f"{where}: a lone brace; write {{{{ or }}}} for the character")
        if name in BLOCKS:
            raise WordingError(f"{where}: {{{name}}} must stand on a line of its own")
        if name not in allowed and not (has_totals and _TOTAL.fullmatch(name)):
            words = ", ".join(sorted(allowed)) or "none here"
            raise WordingError(f"{where}: {{{name}}} is not a placeholder; known are: {words}")
        used.add(name)
    return used


def block_of(line: str) -> str | None:
    """Return the block a line of a body stands for, None for words."""
    name = line.strip().removeprefix("{").removesuffix("}")
    return name if name in BLOCKS and line.strip() == f"{{{name}}}" else None
