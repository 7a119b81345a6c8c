"""Who else to write to, as a customer says it; and what a person has to find out first."""

from collections.abc import Mapping, Sequence

from dunwell.engine.intents import Extract
from dunwell.engine.reply_facts import Facts, KnownContact, Quote, Suggestion, Told
from dunwell.engine.reply_promises import quoted


def contact_change(told: Told) -> list[Suggestion]:
    """Return the contact as it should be now; a bank account is only pointed at, never taken."""
    facts = told.facts
    mails, phones, names, accounts = (
        [one for one in told.reading.extracts if one.kind == kind]
        for kind in ("email", "phone", "name", "iban")
    )
    known = {one.email.lower(): one for one in facts.contacts if one.email}
    mail = next((one for one in mails if one.value not in known), None)
    found: list[Suggestion] = []
    if accounts:
        found += ask(facts, label="contact_change", why="bank_details", extracts=accounts)
    if mail is None and not phones:
        return found
    current = known.get(told.said.sender.lower())
    is_instead = current is not None and (mail is None or len(mails) == 1)
    return [_contact_of(facts, current if is_instead else None, mail, phones, names), *found]


def _contact_of(
    facts: Facts,
    current: KnownContact | None,
    mail: Extract | None,
    phones: Sequence[Extract],
    names: Sequence[Extract],
) -> Suggestion:
    fields = {
        "customer_id": facts.customer_id,
        "contact_id": current.contact_id if current else None,
        "role": current.role if current else "payables",
        "name": names[0].value if names else (current.name if current else ""),
        "email": mail.value if mail else (current.email if current else ""),
        "phone": phones[0].value if phones else (current.phone if current else ""),
        "is_primary": current.is_primary if current else not facts.contacts,
    }
    return Suggestion(
        action="contact",
        label="contact_change",
        fields=fields,
        quotes=quotes_of(
            email=quoted([mail] if mail else []), phone=quoted(phones[:1]), name=quoted(names[:1])
        ),
        why="contact_changed" if current else "contact_new",
    )


def redirect(told: Told) -> list[Suggestion]:
    """Return the other person as a contact beside those we have."""
    reading, facts = told.reading, told.facts
    known = {one.email.lower() for one in facts.contacts}
    mail = next(
        (one for one in reading.extracts if one.kind == "email" and one.value not in known), None
    )
    phones = [one for one in reading.extracts if one.kind == "phone"]
    if mail is None and not phones:
        return ask(facts, label="redirect", why="other_person", extracts=())
    names = [one for one in reading.extracts if one.kind == "name"]
    made = _contact_of(facts, None, mail, phones, names)
    fields = {**made.fields, "is_primary": False}
    return [
        Suggestion(
            action="contact",
            label="redirect",
            fields=fields,
            quotes=made.quotes,
            why="contact_other",
        )
    ]


def ask(facts: Facts, *, label: str, why: str, extracts: Sequence[Extract]) -> list[Suggestion]:
    """Return a task for a person, where what was said is not enough to act on."""
    fields = {"customer_id": facts.customer_id, "task": why}
    quotes = quotes_of(task=quoted(extracts))
    return [Suggestion(action="task", label=label, fields=fields, quotes=quotes, why=why)]


def quotes_of(**quotes: tuple[Quote, ...]) -> Mapping[str, tuple[Quote, ...]]:
    """Return the quotes of fields that were said; a field without words has none."""
    return {name: told for name, told in quotes.items() if told}
