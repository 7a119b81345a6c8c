"""The words of a mail with a statement of account, in the languages statements are written in."""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.formats.account_statement_words import written_language

_SUBJECTS: Mapping[str, str] = {
    "en": "Statement of account {number}",
    "de": "Kontoauszug {number}",
}
_BODIES: Mapping[str, str] = {
    "en": "Dear {name},\n\nattached is statement of account {number} of {company} for customer "
    "{customer}, {first} to {last}.\n\nPlease compare it with your books and tell us what "
    "differs: {reply_to}.\n\nKind regards\n{company}\n",
    "de": "Guten Tag {name},\n\nanbei erhalten Sie den Kontoauszug {number} von {company} für "
    "Kunde {customer}, {first} bis {last}.\n\nBitte vergleichen Sie ihn mit Ihren Büchern "
    "und melden Sie uns Abweichungen: {reply_to}.\n\nMit freundlichen Grüßen\n{company}\n",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementMail:
    """Subject and body of one mail."""

    subject: str
    body: str


def statement_mail(language: str, facts: Mapping[str, str]) -> StatementMail:
    """Return the words with the facts in: number, name, company, customer, first, last, reply_to.

    A line break in a fact becomes a space.
    """
    spoken = written_language(language)
    told = {name: " ".join(value.split()) for name, value in facts.items()}
    return StatementMail(
        subject=_SUBJECTS[spoken].format(**told), body=_BODIES[spoken].format(**told)
    )
