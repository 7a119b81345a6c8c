"""The mail that asks a customer how it was treated, in the languages customers are written to."""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "de", "fr", "es")
"""Languages there are words in; the first one stands in for all others."""

QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "csat": "How satisfied are you with how we dealt with your matter?",
        "nps": "How likely is it that you would recommend us as a business partner?",
        "effort": "How easy was it to get your matter settled with us?",
    },
    "de": {
        "csat": "Wie zufrieden sind Sie damit, wie wir Ihr Anliegen behandelt haben?",
        "nps": "Wie wahrscheinlich ist es, dass Sie uns als Geschäftspartner weiterempfehlen?",
        "effort": "Wie leicht war es, Ihr Anliegen mit uns zu klären?",
    },
    "fr": {
        "csat": "Êtes-vous satisfait de la manière dont nous avons traité votre demande ?",
        "nps": "Quelle est la probabilité que vous nous recommandiez comme partenaire ?",
        "effort": "A-t-il été facile de régler votre demande avec nous ?",
    },
    "es": {
        "csat": "¿Está satisfecho con la forma en que hemos tratado su asunto?",
        "nps": "¿Con qué probabilidad nos recomendaría como socio comercial?",
        "effort": "¿Fue fácil resolver su asunto con nosotros?",
    },
}
"""The question of each kind, by language."""

_SUBJECTS: Mapping[str, str] = {
    "en": "One question from {company}",
    "de": "Eine Frage von {company}",
    "fr": "Une question de {company}",
    "es": "Una pregunta de {company}",
}
_BODIES: Mapping[str, str] = {
    "en": "Dear {name},\n\n{question}\n\nOne click and, if you like, a sentence are enough:\n"
    "{link}\n\nThe link works until {until}. You need not answer, and it has no influence on how "
    "we deal with you.\n\nKind regards\n{company}\n",
    "de": "Guten Tag {name},\n\n{question}\n\nEin Klick und, wenn Sie mögen, ein Satz genügen:\n"
    "{link}\n\nDer Link gilt bis {until}. Sie müssen nicht antworten, und Ihre Antwort hat "
    "keinen Einfluss darauf, wie wir mit Ihnen umgehen.\n\nFreundliche Grüße\n{company}\n",
    "fr": "Bonjour {name},\n\n{question}\n\nUn clic et, si vous le souhaitez, une phrase "
    "suffisent :\n{link}\n\nLe lien est valable jusqu'au {until}. Répondre n'est pas obligatoire "
    "et n'a aucune influence sur nos relations.\n\nCordialement\n{company}\n",
    "es": "Estimado/a {name}:\n\n{question}\n\nBasta un clic y, si lo desea, una frase:\n{link}"
    "\n\nEl enlace es válido hasta el {until}. No es obligatorio responder y su respuesta no "
    "influye en nuestro trato.\n\nUn saludo\n{company}\n",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyMail:
    """Subject and body of the mail, in a language of LANGUAGES."""

    language: str
    subject: str
    body: str


def survey_mail(
    *, language: str, kind: str, company: str, name: str, link: str, until: str
) -> SurveyMail:
    """Return the mail that brings a question; values are texts, `until` a day as it is read."""
    chosen = survey_language(language)
    subject, body = _SUBJECTS[chosen], _BODIES[chosen]
    # replaced one by one, so that a brace in a name means nothing
    values = {
        "company": company,
        "name": name,
        "question": QUESTIONS[chosen][kind],
        "link": link,
        "until": until,
    }
    for field, value in values.items():
        line = " ".join(value.split())
        subject, body = (text.replace(f"{{{field}}}", line) for text in (subject, body))
    return SurveyMail(language=chosen, subject=subject[:200], body=body)


def survey_language(wish: str) -> str:
    """Return the language of LANGUAGES that fits a wish such as de-AT."""
    spoken = wish[:2].lower()
    return spoken if spoken in LANGUAGES else LANGUAGES[0]
