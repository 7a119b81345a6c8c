"""What the page of a follow-up says, in the languages customers are written to.

The reasons are what a customer most often says; a press is the same as having written its words,
which the assistant reads like any others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "de", "fr", "es")
"""Languages there are words in; the first one stands in for all others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpWords:
    """A page's words in one language of LANGUAGES; `reasons` maps a code to what is said by it."""

    language: str
    title: str
    question: str
    reasons: Mapping[str, str]
    own: str
    send: str
    you: str
    assistant: str
    answer: str
    yes: str
    no: str
    ended: str
    handed: str
    portal: str


_WORDS: Mapping[str, FollowUpWords] = {
    "en": FollowUpWords(
        language="en",
        title="When will it be paid?",
        question="When will the invoices we wrote about be paid, or what stands in the way?",
        reasons={
            "promise": "I will pay on a day that I name",
            "plan": "I would like to pay in instalments",
            "dispute": "Something about an invoice is not right",
            "paid": "I have paid already",
            "person": "I want to talk to a person",
        },
        own="Or in your own words",
        send="Send",
        you="You",
        assistant="Assistant (AI)",
        answer="Your answer",
        yes="Yes",
        no="No",
        ended="This talk is over. You may begin another one.",
        handed="A person of our team goes on from here and answers you by mail.",
        portal="To your account",
    ),
    "de": FollowUpWords(
        language="de",
        title="Wann wird gezahlt?",
        question="Wann werden die Rechnungen bezahlt, zu denen wir Ihnen geschrieben haben, oder "
        "was steht dem im Weg?",
        reasons={
            "promise": "Ich zahle und nenne Ihnen den Tag",
            "plan": "Ich möchte in Raten zahlen",
            "dispute": "An einer Rechnung stimmt etwas nicht",
            "paid": "Ich habe schon bezahlt",
            "person": "Ich möchte mit einem Menschen sprechen",
        },
        own="Oder in Ihren eigenen Worten",
        send="Senden",
        you="Sie",
        assistant="Assistent (KI)",
        answer="Ihre Antwort",
        yes="Ja",
        no="Nein",
        ended="Dieses Gespräch ist beendet. Sie können ein neues beginnen.",
        handed="Ein Mensch aus unserem Team übernimmt ab hier und antwortet Ihnen per E-Mail.",
        portal="Zu Ihrem Konto",
    ),
    "fr": FollowUpWords(
        language="fr",
        title="Quand allez-vous payer ?",
        question="Quand les factures au sujet desquelles nous vous avons écrit seront-elles "
        "réglées, ou qu'est-ce qui l'empêche ?",
        reasons={
            "promise": "Je vous indique le jour où je paierai",
            "plan": "Je voudrais payer en plusieurs fois",
            "dispute": "Une facture n'est pas correcte",
            "paid": "J'ai déjà payé",
            "person": "Je veux parler à une personne",
        },
        own="Ou avec vos propres mots",
        send="Envoyer",
        you="Vous",
        assistant="Assistant (IA)",
        answer="Votre réponse",
        yes="Oui",
        no="Non",
        ended="Cet échange est terminé. Vous pouvez en commencer un autre.",
        handed="Une personne de notre équipe prend la suite et vous répond par e-mail.",
        portal="Vers votre compte",
    ),
    "es": FollowUpWords(
        language="es",
        title="¿Cuándo se pagará?",
        question="¿Cuándo se pagarán las facturas de las que le escribimos, o qué lo impide?",
        reasons={
            "promise": "Le indico el día en que pagaré",
            "plan": "Me gustaría pagar en varios plazos",
            "dispute": "Algo no es correcto en una factura",
            "paid": "Ya he pagado",
            "person": "Quiero hablar con una persona",
        },
        own="O con sus propias palabras",
        send="Enviar",
        you="Usted",
        assistant="Asistente (IA)",
        answer="Su respuesta",
        yes="Sí",
        no="No",
        ended="Esta conversación ha terminado. Puede empezar otra.",
        handed="Una persona de nuestro equipo continúa desde aquí y le responde por correo.",
        portal="A su cuenta",
    ),
}


def follow_up_words(wish: str) -> FollowUpWords:
    """Return the words in the language that fits a wish such as de-AT, else in English."""
    spoken = wish[:2].lower()
    return _WORDS[spoken if spoken in _WORDS else LANGUAGES[0]]
