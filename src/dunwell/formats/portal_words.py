"""The mails about access to the portal, in the languages customers are written to."""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "de", "fr", "es")
"""Languages there are words in; the first one stands in for all others."""

LINK, CODE, DOOR = "[[link]]", "[[code]]", "[[door]]"
"""Stand for the link, the code and the door's address until a mail is handed over."""

_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "invite": {
        "en": (
            "Your access to the invoices of {company}",
            (
                "Hello {name},\n\n{by} has given you access to the account "
                "of {customer} at {company}: "
                "invoices, payments and questions in one place. There is no "
                "password. Open this link "
                "and press the button:\n\n[[link]]\n\nIt works once and for "
                "one hour. After that, get "
                "a new one here with this mail address:\n[[door]]\n\nIf you "
                "did not expect this, you "
                "need not do anything.\n\nKind regards\n{company}\n"
            ),
        ),
        "de": (
            "Ihr Zugang zu den Rechnungen von {company}",
            (
                "Guten Tag {name},\n\n{by} hat Ihnen Zugang zum Konto von "
                "{customer} bei {company} "
                "gegeben: Rechnungen, Zahlungen und Fragen an einem Ort. Ein "
                "Passwort gibt es nicht. "
                "Öffnen Sie diesen Link und drücken Sie auf den "
                "Knopf:\n\n[[link]]\n\nEr gilt einmal "
                "und eine Stunde lang. Danach erhalten Sie hier mit dieser "
                "Mailadresse einen neuen:\n"
                "[[door]]\n\nWenn Sie das nicht erwartet haben, brauchen Sie nichts zu tun.\n\n"
                "Freundliche Grüße\n{company}\n"
            ),
        ),
        "fr": (
            "Votre accès aux factures de {company}",
            (
                "Bonjour {name},\n\n{by} vous a donné accès au compte de "
                "{customer} chez {company} : "
                "factures, paiements et questions au même endroit. Il n'y a pas de mot de passe. "
                "Ouvrez ce lien et appuyez sur le bouton :\n\n[[link]]\n\nIl "
                "fonctionne une seule fois "
                "et pendant une heure. Ensuite, demandez-en un autre ici avec cette adresse :\n"
                "[[door]]\n\nSi vous n'attendiez pas ce message, vous n'avez rien à faire.\n\n"
                "Cordialement\n{company}\n"
            ),
        ),
        "es": (
            "Su acceso a las facturas de {company}",
            (
                "Hola {name}:\n\n{by} le ha dado acceso a la cuenta de {customer} en {company}: "
                "facturas, pagos y consultas en un solo lugar. No hay "
                "contraseña. Abra este enlace y "
                "pulse el botón:\n\n[[link]]\n\nFunciona una vez y durante "
                "una hora. Después, pida "
                "otro aquí con esta dirección:\n[[door]]\n\nSi no esperaba "
                "este mensaje, no tiene que "
                "hacer nada.\n\nUn saludo\n{company}\n"
            ),
        ),
    },
    "sign_in": {
        "en": (
            "Your link to sign in",
            (
                "Hello {name},\n\nopen this link and press the button to "
                "sign in:\n\n[[link]]\n\nIt "
                "works once and for one hour. If it was not you who asked "
                "for it, ignore this mail; "
                "nobody can sign in without it.\n\nKind regards\n{company}\n"
            ),
        ),
        "de": (
            "Ihr Link zum Anmelden",
            (
                "Guten Tag {name},\n\nöffnen Sie diesen Link und drücken Sie "
                "auf den Knopf, um sich "
                "anzumelden:\n\n[[link]]\n\nEr gilt einmal und eine Stunde "
                "lang. Haben Sie ihn nicht "
                "angefordert, beachten Sie diese Mail nicht; ohne sie kann "
                "sich niemand anmelden.\n\n"
                "Freundliche Grüße\n{company}\n"
            ),
        ),
        "fr": (
            "Votre lien de connexion",
            (
                "Bonjour {name},\n\nouvrez ce lien et appuyez sur le bouton "
                "pour vous connecter :\n\n"
                "[[link]]\n\nIl fonctionne une seule fois et pendant une "
                "heure. Si vous ne l'avez pas "
                "demandé, ignorez ce message ; personne ne peut se connecter sans lui.\n\n"
                "Cordialement\n{company}\n"
            ),
        ),
        "es": (
            "Su enlace para entrar",
            (
                "Hola {name}:\n\nabra este enlace y pulse el botón para entrar:\n\n[[link]]\n\n"
                "Funciona una vez y durante una hora. Si no lo ha pedido "
                "usted, ignore este mensaje; "
                "nadie puede entrar sin él.\n\nUn saludo\n{company}\n"
            ),
        ),
    },
    "code": {
        "en": (
            "Your code",
            (
                "Hello {name},\n\nyour code is [[code]]. Type it on the page "
                "that asked for it; it "
                "works once and for ten minutes. Nobody at {company} will ever ask you for it.\n\n"
                "Kind regards\n{company}\n"
            ),
        ),
        "de": (
            "Ihr Code",
            (
                "Guten Tag {name},\n\nIhr Code ist [[code]]. Geben Sie ihn auf der Seite ein, die "
                "danach fragt; er gilt einmal und zehn Minuten lang. Niemand "
                "bei {company} wird Sie je "
                "danach fragen.\n\nFreundliche Grüße\n{company}\n"
            ),
        ),
        "fr": (
            "Votre code",
            (
                "Bonjour {name},\n\nvotre code est [[code]]. Saisissez-le "
                "sur la page qui le demande ; "
                "il fonctionne une seule fois et pendant dix minutes. "
                "Personne chez {company} ne vous "
                "le demandera jamais.\n\nCordialement\n{company}\n"
            ),
        ),
        "es": (
            "Su código",
            (
                "Hola {name}:\n\nsu código es [[code]]. Escríbalo en la "
                "página que lo pide; funciona "
                "una vez y durante diez minutos. Nadie de {company} se lo "
                "pedirá nunca.\n\nUn saludo\n"
                "{company}\n"
            ),
        ),
    },
    "view": {
        "en": (
            "Your account at {company}",
            (
                "Hello {name},\n\nhere you see the open invoices of {customer} at {company}:\n\n"
                "[[link]]\n\nThe link lets you look until {until}, nothing "
                "else. To pay or to ask, "
                "sign in there.\n\nKind regards\n{company}\n"
            ),
        ),
        "de": (
            "Ihr Konto bei {company}",
            (
                "Guten Tag {name},\n\nhier sehen Sie die offenen Rechnungen von {customer} bei "
                "{company}:\n\n[[link]]\n\nDer Link lässt Sie bis {until} "
                "ansehen, mehr nicht. Zum "
                "Zahlen oder Fragen melden Sie sich dort an.\n\nFreundliche Grüße\n{company}\n"
            ),
        ),
        "fr": (
            "Votre compte chez {company}",
            (
                "Bonjour {name},\n\nvous voyez ici les factures ouvertes de "
                "{customer} chez {company} "
                ":\n\n[[link]]\n\nLe lien permet de consulter jusqu'au "
                "{until}, rien d'autre. Pour "
                "payer ou poser une question, connectez-vous.\n\nCordialement\n{company}\n"
            ),
        ),
        "es": (
            "Su cuenta en {company}",
            (
                "Hola {name}:\n\naquí ve las facturas abiertas de {customer} en {company}:\n\n"
                "[[link]]\n\nEl enlace permite consultar hasta el {until}, nada más. Para pagar o "
                "preguntar, entre allí.\n\nUn saludo\n{company}\n"
            ),
        ),
    },
    "notice": {
        "en": (
            "Access to the account of {customer} has changed",
            (
                "Hello {name},\n\n{by} has changed who may use the account "
                "of {customer} at {company}: "
                '{what}\n\nIf this is not right, end the access on the page "Access and '
                'settings":\n'
                "[[door]]\n\nKind regards\n{company}\n"
            ),
        ),
        "de": (
            "Der Zugang zum Konto von {customer} hat sich geändert",
            (
                "Guten Tag {name},\n\n{by} hat geändert, wer das Konto von "
                "{customer} bei {company} "
                "nutzen darf: {what}\n\nIst das nicht richtig, beenden Sie "
                "den Zugang auf der Seite "
                "„Zugang und Einstellungen“:\n[[door]]\n\nFreundliche Grüße\n{company}\n"
            ),
        ),
        "fr": (
            "L'accès au compte de {customer} a changé",
            (
                "Bonjour {name},\n\n{by} a modifié qui peut utiliser le compte de {customer} chez "
                "{company} : {what}\n\nSi ce n'est pas correct, mettez fin à l'accès sur la page "
                "« Accès et réglages » :\n[[door]]\n\nCordialement\n{company}\n"
            ),
        ),
        "es": (
            "Ha cambiado el acceso a la cuenta de {customer}",
            (
                "Hola {name}:\n\n{by} ha cambiado quién puede usar la cuenta de {customer} en "
                "{company}: {what}\n\nSi no es correcto, ponga fin al acceso "
                "en la página «Acceso y "
                "ajustes»:\n[[door]]\n\nUn saludo\n{company}\n"
            ),
        ),
    },
}

_CHANGES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "invited": "{person} was invited ({role}).",
        "role": "{person} has another role now ({role}).",
        "key": "a key for a program was made ({person}).",
        "passkey": "{person} has added a passkey.",
    },
    "de": {
        "invited": "{person} wurde eingeladen ({role}).",
        "role": "{person} hat jetzt eine andere Rolle ({role}).",
        "key": "ein Schlüssel für ein Programm wurde angelegt ({person}).",
        "passkey": "{person} hat einen Passkey hinzugefügt.",
    },
    "fr": {
        "invited": "{person} a été invité ({role}).",
        "role": "{person} a désormais un autre rôle ({role}).",
        "key": "une clé pour un programme a été créée ({person}).",
        "passkey": "{person} a ajouté une clé d'accès.",
    },
    "es": {
        "invited": "se ha invitado a {person} ({role}).",
        "role": "{person} tiene ahora otro papel ({role}).",
        "key": "se ha creado una clave para un programa ({person}).",
        "passkey": "{person} ha añadido una llave de acceso.",
    },
}

_ROLES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "viewer": "looks only",
        "asker": "looks and asks",
        "payer": "pays and asks",
        "manager": "manages access too",
    },
    "de": {
        "viewer": "sieht nur",
        "asker": "sieht und fragt",
        "payer": "zahlt und fragt",
        "manager": "verwaltet auch den Zugang",
    },
    "fr": {
        "viewer": "consulte seulement",
        "asker": "consulte et demande",
        "payer": "paie et demande",
        "manager": "gère aussi l'accès",
    },
    "es": {
        "viewer": "solo consulta",
        "asker": "consulta y pregunta",
        "payer": "paga y pregunta",
        "manager": "gestiona también el acceso",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalMailWords:
    """Subject and body of a mail, in a language of LANGUAGES."""

    language: str
    subject: str
    body: str


def portal_mail(kind: str, language: str, values: Mapping[str, str]) -> PortalMailWords:
    """Return a mail about access; what a value says is one line, and a brace in it means nothing.

    `kind` is invite, sign_in, code, view or notice.
    """
    chosen = portal_language(language)
    subject, body = _WORDS[kind][chosen]
    for field, value in values.items():
        line = " ".join(value.split())
        subject, body = (text.replace(f"{{{field}}}", line) for text in (subject, body))
    return PortalMailWords(language=chosen, subject=subject[:200], body=body)


def change_words(change: str, language: str, *, person: str, role: str = "") -> str:
    """Return what a notice says has changed: invited, role, key or passkey."""
    chosen = portal_language(language)
    text = _CHANGES[chosen][change].replace("{role}", _ROLES[chosen].get(role, role))
    return text.replace("{person}", person)


def portal_language(wish: str) -> str:
    """Return the language of LANGUAGES that fits a wish such as de-AT."""
    spoken = wish[:2].lower()
    return spoken if spoken in LANGUAGES else LANGUAGES[0]
