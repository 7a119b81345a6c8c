"""The words of mails about credit applications, in English and German."""

from collections.abc import Mapping
from dataclasses import dataclass

LINK = "[[link]]"
"""Stands in a stored mail for the link, which is put in when the mail is handed over."""

_GREETING = {"en": "Dear {person},\n\n", "de": "Guten Tag {person},\n\n"}
_CLOSING = {
    "en": "\n\nKind regards\n{company}\n",
    "de": "\n\nMit freundlichen Grüßen\n{company}\n",
}
_SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "link": {
        "en": "Your credit application {number} with {company}",
        "de": "Ihr Kreditantrag {number} bei {company}",
    },
    "received": {
        "en": "We have received your credit application {number}",
        "de": "Ihr Kreditantrag {number} ist eingegangen",
    },
    "waiting": {
        "en": "Your credit application {number}: something is missing",
        "de": "Ihr Kreditantrag {number}: es fehlt noch etwas",
    },
    "reference": {
        "en": "A question about {applicant}",
        "de": "Eine Frage zu {applicant}",
    },
    "reminder": {
        "en": "Reminder: a question about {applicant}",
        "de": "Erinnerung: eine Frage zu {applicant}",
    },
    "decision": {
        "en": "Our decision on your credit application {number}",
        "de": "Unsere Entscheidung über Ihren Kreditantrag {number}",
    },
    "reasons": {
        "en": "The reasons for our decision on your credit application {number}",
        "de": "Die Gründe unserer Entscheidung über Ihren Kreditantrag {number}",
    },
    "condition": {
        "en": "Your credit application {number}: please meet the conditions",
        "de": "Ihr Kreditantrag {number}: bitte erfüllen Sie die Auflagen",
    },
}
_BODIES: Mapping[str, Mapping[str, str]] = {
    "link": {
        "en": "open your credit application {number} with this link:\n\n{link}\n\nIt works once, "
        "until {until}; a new one can be asked for on its page. What you have typed is kept. If "
        "you did not ask for this, do nothing: nothing happens without you.",
        "de": "mit diesem Link öffnen Sie Ihren Kreditantrag {number}:\n\n{link}\n\nEr gilt "
        "einmal, bis {until}; auf seiner Seite können Sie einen neuen anfordern. Ihre Angaben "
        "bleiben erhalten. Haben Sie nichts angefordert, brauchen Sie nichts zu tun.",
    },
    "received": {
        "en": "thank you for your application {number}. It is complete. You hear our decision by "
        "{until}.",
        "de": "vielen Dank für Ihren Antrag {number}. Er ist vollständig. Unsere Entscheidung "
        "erhalten Sie bis {until}.",
    },
    "waiting": {
        "en": "to decide on your application {number} we still need from you:\n\n{text}\n\nPlease "
        "add it here:\n\n{link}\n\nThe link works once, until {until}.",
        "de": "um über Ihren Antrag {number} zu entscheiden, benötigen wir noch:\n\n{text}\n\n"
        "Bitte ergänzen Sie es hier:\n\n{link}\n\nDer Link gilt einmal, bis {until}.",
    },
    "reference": {
        "en": "{applicant} asks us for credit and has named you as somebody who knows it. Please "
        "answer a few questions; it takes two minutes:\n\n{link}\n\nThe link works until {until}. "
        "Your answers are confidential and used for this decision only. You need not answer.",
        "de": "{applicant} bittet uns um Kredit und hat Sie als Referenz genannt. Bitte "
        "beantworten Sie uns wenige Fragen; es dauert zwei Minuten:\n\n{link}\n\nDer Link gilt "
        "bis {until}. Ihre Antworten sind vertraulich und dienen nur dieser Entscheidung. Die "
        "Antwort ist freiwillig.",
    },
    "reminder": {
        "en": "we asked you about {applicant}, which named you as somebody who knows it, and have "
        "not heard from you. The questions are here:\n\n{link}\n\nThe link works until {until}. "
        "You need not answer.",
        "de": "wir haben Sie zu {applicant} befragt, das Sie als Referenz genannt hat, und noch "
        "keine Antwort erhalten. Die Fragen finden Sie hier:\n\n{link}\n\nDer Link gilt bis "
        "{until}. Die Antwort ist freiwillig.",
    },
    "decision": {
        "en": "we have decided on your application {number}. Our letter is attached.\n\n{text}",
        "de": "wir haben über Ihren Antrag {number} entschieden. Unser Schreiben ist "
        "beigefügt.\n\n{text}",
    },
    "reasons": {
        "en": "you asked for the reasons for our decision on your application {number}:\n\n{text}",
        "de": "Sie haben nach den Gründen unserer Entscheidung über Ihren Antrag {number} "
        "gefragt:\n\n{text}",
    },
    "condition": {
        "en": "your application {number} is approved with conditions. Still open:\n\n{text}",
        "de": "Ihr Antrag {number} ist mit Auflagen bewilligt. Noch offen:\n\n{text}",
    },
}

CONSENT_TEXTS: Mapping[str, Mapping[str, str]] = {
    "credit_check": {
        "en": "{company} may check whether we can be given credit: ask the references and the "
        "bank I name, credit agencies and public registers, and compare names with sanction "
        "lists. The purpose is this decision and the supervision of the credit that is granted.",
        "de": "{company} darf prüfen, ob uns Kredit gewährt werden kann: die genannten Referenzen "
        "und die Bank, Auskunfteien und öffentliche Register befragen und Namen mit "
        "Sanktionslisten vergleichen. Zweck ist diese Entscheidung und die Überwachung des "
        "gewährten Kredits.",
    },
    "truth": {
        "en": "What is stated here is true and complete, and I may state it for the applicant.",
        "de": "Die Angaben sind wahr und vollständig, und ich darf sie für den Antragsteller "
        "machen.",
    },
}
"""What an applicant agrees to; the text agreed to is kept word for word, with the moment."""

_SIGNING = {
    "en": "I sign this application by typing my name. With the name are kept the moment and a "
    "fingerprint (SHA-256) of everything stated in it, so that a later change is seen.",
    "de": "Ich unterschreibe diesen Antrag, indem ich meinen Namen eingebe. Mit dem Namen werden "
    "der Zeitpunkt und ein Fingerabdruck (SHA-256) aller Angaben aufbewahrt, sodass eine spätere "
    "Änderung auffällt.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationWords:
    """Subject and body of one mail."""

    subject: str
    body: str


def spoken(language: str) -> str:
    """Return the language a text is written in: German or English."""
    return "de" if language.startswith("de") else "en"


def application_mail(kind: str, language: str, facts: Mapping[str, str]) -> ApplicationWords:
    """Return the words of a kind of mail with the facts in; a fact that is missing is empty.

    Facts: person, company, number, applicant, until, text. A line break stays in `text` alone.
    """
    code = spoken(language)
    names = ("person", "company", "number", "applicant", "until")
    told = {name: " ".join(facts.get(name, "").split()) for name in names}
    told |= {"text": facts.get("text", ""), "link": LINK}
    body = _GREETING[code] + _BODIES[kind][code] + _CLOSING[code]
    return ApplicationWords(
        subject=_SUBJECTS[kind][code].format(**told)[:200], body=body.format(**told).strip() + "\n"
    )


def consent_text(kind: str, language: str, *, company: str) -> str:
    """Return what somebody agrees to, word for word."""
    return CONSENT_TEXTS[kind][spoken(language)].format(company=company)


def signing_text(language: str) -> str:
    """Return what somebody declares by typing a name under an application, word for word."""
    return _SIGNING[spoken(language)]
