"""What a customer agrees to when it lets us charge by ourselves, and the mails about charges."""

from collections.abc import Mapping
from dataclasses import dataclass

AGREEMENT: Mapping[str, str] = {
    "en": (
        "I allow {company} to charge {method} without asking me each time: {covers}, {when}. "
        "{cap} I am told of every charge {notice_days} days before, by e-mail to the people who "
        "manage access here. What I dispute is not charged. I can pause or end this at any time "
        "on this page; it ends by itself when the way to pay is removed."
    ),
    "de": (
        "Ich erlaube {company}, {method} ohne Rückfrage zu belasten: {covers}, {when}. {cap} Ich "
        "werde {notice_days} Tage vor jeder Belastung per E-Mail benachrichtigt (die Personen, "
        "die hier den Zugang verwalten). Was ich beanstande, wird nicht belastet. Ich kann das "
        "auf dieser Seite jederzeit pausieren oder beenden; es endet von selbst, wenn der "
        "Zahlungsweg entfernt wird."
    ),
}
COVERS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "items": "every invoice in {currency}",
        "instalments": "every instalment of a payment plan in {currency}",
        "both": "every invoice and every instalment of a payment plan in {currency}",
    },
    "de": {
        "items": "jede Rechnung in {currency}",
        "instalments": "jede Rate eines Ratenplans in {currency}",
        "both": "jede Rechnung und jede Rate eines Ratenplans in {currency}",
    },
}
WHEN: Mapping[str, tuple[str, str, str]] = {
    "en": ("on the day it is due", "{days} days before it is due", "{days} days after it is due"),
    "de": ("am Fälligkeitstag", "{days} Tage vor der Fälligkeit", "{days} Tage nach Fälligkeit"),
}
CAP: Mapping[str, tuple[str, str]] = {
    "en": ("There is no limit.", "One charge is at most {cap}; what is more waits for me."),
    "de": ("Es gibt keine Obergrenze.", "Eine Belastung beträgt höchstens {cap}; mehr wartet."),
}
NOTICE: Mapping[str, tuple[str, str]] = {
    "en": (
        "{company}: {amount} will be charged on {day}",
        (
            "Dear {name},\n\nas agreed, we will charge {method} on {day} with {amount} for:\n\n"
            "{lines}\n\nIf something is not right, tell us before that day or pause automatic "
            "payment in our portal:\n{address}\n\nKind regards\n{company}\n"
        ),
    ),
    "de": (
        "{company}: Am {day} werden {amount} belastet",
        (
            "Guten Tag {name},\n\nwie vereinbart belasten wir {method} "
            "am {day} mit {amount} für:\n\n"
            "{lines}\n\nWenn etwas nicht stimmt, sagen Sie es uns vor "
            "diesem Tag oder pausieren Sie "
            "die automatische Zahlung in unserem Portal:\n{address}\n\n"
            "Freundliche Grüße\n{company}\n"
        ),
    ),
}
DECLINED: Mapping[str, tuple[str, str]] = {
    "en": (
        "{company}: the charge of {day} did not go through",
        (
            "Dear {name},\n\nwe could not charge {method} with {amount}. "
            "{next}\n\nYou can pay another "
            "way or change the way to pay in our portal:\n{address}\n\nKind regards\n{company}\n"
        ),
    ),
    "de": (
        "{company}: Die Belastung vom {day} war nicht möglich",
        (
            "Guten Tag {name},\n\nwir konnten {method} nicht mit {amount} belasten. {next}\n\nSie "
            "können in unserem Portal anders zahlen oder den Zahlungsweg "
            "ändern:\n{address}\n\nFreundliche Grüße\n"
            "{company}\n"
        ),
    ),
}
NEXT: Mapping[str, Mapping[str, str]] = {
    "en": {
        "retry": "We will try again on {day}.",
        "fix": "Automatic payment is paused until you have had a look at it.",
        "stop": "Automatic payment has ended.",
    },
    "de": {
        "retry": "Wir versuchen es am {day} noch einmal.",
        "fix": "Die automatische Zahlung pausiert, bis Sie nachgesehen haben.",
        "stop": "Die automatische Zahlung ist beendet.",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AutopayMail:
    """A mail about a charge, in its language."""

    language: str
    subject: str
    body: str


def autopay_language(language: str) -> str:
    """Return the language used: English where there are no words in another one."""
    return language[:2] if language[:2] in AGREEMENT else "en"


def agreement_text(
    language: str,
    *,
    company: str,
    method: str,
    covers: str,
    currency: str,
    cap: str,
    day_offset: int,
    notice_days: int,
) -> str:
    """Return what is agreed to; `cap` is an amount as it is written, empty for no limit."""
    used = autopay_language(language)
    on_day, before, after = WHEN[used]
    when = on_day if not day_offset else before if day_offset < 0 else after
    none, most = CAP[used]
    return AGREEMENT[used].format(
        company=company,
        method=method,
        covers=COVERS[used][covers].format(currency=currency),
        when=when.format(days=abs(day_offset)),
        cap=most.format(cap=cap) if cap else none,
        notice_days=notice_days,
    )


def charge_mail(language: str, *, is_declined: bool = False, **facts: str) -> AutopayMail:
    """Return the notice before a charge, or what is told of a declined one; amounts as written.

    `address` leads to the page about it; where it is empty the mail goes out without, for a
    notice must arrive in time.
    """
    used = autopay_language(language)
    subject, body = (DECLINED if is_declined else NOTICE)[used]
    if not facts["address"]:
        body = body.replace(":\n{address}", ".")
    return AutopayMail(
        language=used, subject=subject.format(**facts)[:200], body=body.format(**facts)
    )


def next_step_text(language: str, step: str, *, day: str) -> str:
    """Return what follows a decline, in one sentence."""
    return NEXT[autopay_language(language)][step].format(day=day)
