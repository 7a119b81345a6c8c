"""The mail that tells the debtor's people of an answer in the portal, in the languages written."""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "de", "fr", "es")
"""Languages there are words in; the first one stands in for all others."""

ABOUT: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        "comment": (
            "News about your query {what}",
            "We have written to you about your query {what}.",
        ),
        "question": (
            "A question about your query {what}",
            "We have a question about your query {what}; it goes on with your answer.",
        ),
        "proposal": (
            "A proposal for your query {what}",
            "We propose how your query {what} could be settled; please tell us what you think.",
        ),
        "message": ("An answer to {what}", "We have answered your message: {what}."),
        "plan_offered": (
            "Your payment plan {what}: an offer",
            "We offer you payment plan {what}; it runs once you have accepted its terms.",
        ),
        "plan_rejected": (
            "Your payment plan {what}",
            "We cannot offer you payment plan {what}; what is open stays as it was.",
        ),
        "settlement_offered": (
            "Your settlement {what}: an offer",
            "We agree to settlement {what}; it holds once you have accepted it.",
        ),
        "settlement_rejected": (
            "Your settlement {what}",
            "We cannot agree to settlement {what}; what is open stays as it was.",
        ),
    },
    "de": {
        "comment": (
            "Neues zu Ihrer Reklamation {what}",
            "Wir haben Ihnen zu Ihrer Reklamation {what} geschrieben.",
        ),
        "question": (
            "Rückfrage zu Ihrer Reklamation {what}",
            "Ihre Reklamation {what} geht mit Ihrer Antwort auf unsere Rückfrage weiter.",
        ),
        "proposal": (
            "Vorschlag zu Ihrer Reklamation {what}",
            "Wir haben einen Vorschlag zu Ihrer Reklamation {what}; was meinen Sie dazu?",
        ),
        "message": ("Antwort auf {what}", "Wir haben Ihre Nachricht beantwortet: {what}."),
        "plan_offered": (
            "Ihr Zahlungsplan {what}: unser Angebot",
            "Wir bieten Ihnen den Zahlungsplan {what} an; er läuft, sobald Sie ihn annehmen.",
        ),
        "plan_rejected": (
            "Ihr Zahlungsplan {what}",
            "Den Zahlungsplan {what} können wir nicht anbieten; was offen ist, bleibt wie es war.",
        ),
        "settlement_offered": (
            "Ihr Vergleich {what}: unser Angebot",
            "Wir sind mit dem Vergleich {what} einverstanden; er gilt, sobald Sie ihn annehmen.",
        ),
        "settlement_rejected": (
            "Ihr Vergleich {what}",
            "Dem Vergleich {what} können wir nicht zustimmen; was offen ist, bleibt wie es war.",
        ),
    },
    "fr": {
        "comment": (
            "Du nouveau sur votre réclamation {what}",
            "Nous vous avons écrit au sujet de votre réclamation {what}.",
        ),
        "question": (
            "Une question sur votre réclamation {what}",
            "Nous avons une question sur votre réclamation {what}.",
        ),
        "proposal": (
            "Une proposition pour votre réclamation {what}",
            "Nous proposons une solution pour votre réclamation {what}.",
        ),
        "message": ("Réponse à {what}", "Nous avons répondu à votre message : {what}."),
        "plan_offered": (
            "Votre plan de paiement {what} : notre offre",
            "Nous vous proposons le plan de paiement {what} ; il commence dès votre accord.",
        ),
        "plan_rejected": (
            "Votre plan de paiement {what}",
            "Nous ne pouvons pas proposer le plan {what} ; ce qui est dû reste inchangé.",
        ),
        "settlement_offered": (
            "Votre accord {what} : notre offre",
            "Nous acceptons l'accord {what} ; il vaut dès que vous l'avez confirmé.",
        ),
        "settlement_rejected": (
            "Votre accord {what}",
            "Nous ne pouvons pas accepter l'accord {what} ; ce qui est dû reste inchangé.",
        ),
    },
    "es": {
        "comment": (
            "Novedades sobre su reclamación {what}",
            "Le hemos escrito sobre su reclamación {what}.",
        ),
        "question": (
            "Una pregunta sobre su reclamación {what}",
            "Tenemos una pregunta sobre su reclamación {what}; con su respuesta sigue adelante.",
        ),
        "proposal": (
            "Una propuesta para su reclamación {what}",
            "Proponemos cómo resolver su reclamación {what}; díganos qué le parece.",
        ),
        "message": ("Respuesta a {what}", "Hemos respondido a su mensaje: {what}."),
        "plan_offered": (
            "Su plan de pago {what}: nuestra oferta",
            "Le ofrecemos el plan de pago {what}; empieza cuando acepte sus condiciones.",
        ),
        "plan_rejected": (
            "Su plan de pago {what}",
            "No podemos ofrecerle el plan de pago {what}; lo pendiente sigue como estaba.",
        ),
        "settlement_offered": (
            "Su acuerdo {what}: nuestra oferta",
            "Aceptamos el acuerdo {what}; vale cuando lo haya confirmado.",
        ),
        "settlement_rejected": (
            "Su acuerdo {what}",
            "No podemos aceptar el acuerdo {what}; lo pendiente sigue como estaba.",
        ),
    },
}
"""Subject and first sentence by language and kind of answer."""

_BODIES: Mapping[str, str] = {
    "en": "Dear {name},\n\n{told}\n\nRead it and answer here:\n{address}\n\nYou get this mail "
    "because you wrote to us there. It asks for no payment.\n\nKind regards\n{company}\n",
    "de": "Guten Tag {name},\n\n{told}\n\nLesen und antworten können Sie hier:\n{address}\n\nSie "
    "erhalten diese Nachricht, weil Sie uns dort geschrieben haben. Sie ist keine "
    "Zahlungsaufforderung.\n\nFreundliche Grüße\n{company}\n",
    "fr": "Bonjour {name},\n\n{told}\n\nLire et répondre ici :\n{address}\n\nVous recevez ce "
    "message parce que vous nous y avez écrit. Il ne demande aucun paiement.\n\nCordialement\n"
    "{company}\n",
    "es": "Estimado/a {name}:\n\n{told}\n\nPuede leerlo y responder aquí:\n{address}\n\nRecibe "
    "este mensaje porque nos escribió allí. No pide ningún pago.\n\nUn saludo\n{company}\n",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalNotice:
    """Subject and body of the mail, in a language of LANGUAGES."""

    language: str
    subject: str
    body: str


def notice_mail(
    *, language: str, kind: str, what: str, name: str, address: str, company: str
) -> PortalNotice:
    """Return the mail for a kind of ABOUT; `what` is a number or a subject.

    Nothing that was written is repeated in it: a mail may be read by others.
    """
    spoken = language[:2] if language[:2] in LANGUAGES else LANGUAGES[0]
    subject, told = ABOUT[spoken][kind]
    return PortalNotice(
        language=spoken,
        subject=subject.format(what=what)[:200],
        body=_BODIES[spoken].format(
            name=name, told=told.format(what=what), address=address, company=company
        ),
    )
