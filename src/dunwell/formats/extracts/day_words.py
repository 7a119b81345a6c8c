"""Days and spans in words, in four languages: what "next Friday" or "fin du mois" counts from."""

from collections.abc import Mapping

_WEEKDAYS = (
    "monday mon montag mo lundi lunes",
    "tuesday tue tues dienstag di mardi martes",
    "wednesday wed mittwoch mi mercredi miercoles",
    "thursday thu thur thurs donnerstag do jeudi jueves",
    "friday fri freitag fr vendredi viernes",
    "saturday sat samstag sonnabend samedi sabado",
    "sunday sun sonntag dimanche domingo",
)
_TOO_SHORT = frozenset(("mo", "di", "mi", "do", "fr", "mon", "sat", "sun"))

WEEKDAYS: Mapping[str, int] = {
    name: day
    for day, names in enumerate(_WEEKDAYS)
    for name in names.split()
    if name not in _TOO_SHORT
}
"""Names of weekdays without accents; Monday is 0. Short forms that are words are left out."""

NUMBERS: Mapping[str, int] = {
    name: number
    for number, names in {
        1: "a an one ein eine einem einer un une uno una",
        2: "two zwei deux dos couple",
        3: "three drei trois tres",
        4: "four vier quatre cuatro",
        5: "five funf cinq cinco",
        6: "six sechs seis",
        7: "seven sieben sept siete",
        8: "eight acht huit ocho",
        10: "ten zehn dix diez",
        14: "fourteen vierzehn quatorze catorce",
        15: "fifteen funfzehn quinze quince",
        30: "thirty dreißig trente treinta",
    }.items()
    for name in names.split()
}

UNITS: Mapping[str, str] = {
    "day": "day", "days": "day", "tag": "day", "tage": "day", "tagen": "day",
    "jour": "day", "jours": "day", "dia": "day", "dias": "day",
    "week": "week", "weeks": "week", "woche": "week", "wochen": "week",
    "semaine": "week", "semaines": "week", "semana": "week", "semanas": "week",
    "month": "month", "months": "month", "monat": "month", "monate": "month", "monaten": "month",
    "mois": "month", "mes": "month", "meses": "month",
}  # fmt: skip

NEXT = (
    r"(?:next|coming|this coming|nachste[rnsm]?|kommende[rnsm]?|prochaine?|proxim[oa]|que viene"
    r"|folgende[rnsm]?)"
)
THIS = r"(?:this|diese[rnsm]?|ce|cette|este|esta)"
LAST = (
    r"(?:last|past|letzte[rnsm]?|vorige[rnsm]?|vergangene[rnsm]?|dernier[e]?|passe[e]?|pasad[oa])"
)

TODAY: Mapping[str, int] = {
    "the day after tomorrow": 2, "day after tomorrow": 2, "ubermorgen": 2, "apres-demain": 2,
    "pasado manana": 2, "tomorrow": 1, "tmrw": 1, "tomorow": 1, "demain": 1, "today": 0,
    "heute": 0, "aujourd'hui": 0, "aujourd\u2019hui": 0, "hoy": 0, "yesterday": -1, "gestern": -1,
    "hier": -1, "ayer": -1, "vorgestern": -2, "avant-hier": -2, "anteayer": -2,
}  # fmt: skip
"""Words for a day near today. "morgen" and "mañana" also mean the morning: see `dates`."""

PAST_WORDS = (
    r"\b(?:paid|payd|was (?:executed|transferred|settled|made|sent)|has been|have been|went out"
    r"|left our account"
    r"|cleared|settled|transferred (?:you )?on|sent (?:it )?(?:on|last)|since|ago|dated"
    r"|your letter of|delivery of"
    r"|bezahlt|gezahlt|uberwiesen|beglichen|abgebucht|gutgeschrieben|eingegangen|ausgefuhrt|raus"
    r"|seit|vom"
    r"|paye[er]?s?|regle[e]?s?|vire[e]?s?|debite[e]?|credite[e]?|effectue[e]?|parti[e]?|depuis"
    r"|pagad[oa]s?|pagamos|pague|abonad[oa]s?|transferid[oa]|cargad[oa]|salio|efectuad[oa]|desde"
    r"|realizada"
    r"|filed|opened|entered|eroffnet|gestellt|ouverte?|declaro|received|erhalten|recibid[oa]s?)\b"
)
FUTURE_WORDS = (
    r"(?:\b(?:will|shall|going to|gonna|to be paid|be paid|be transferred|be made|scheduled"
    r"|planned|expect|due to"
    r"|by|before|no later than|latest|payment (?:run|date)|goes out|paying|undertakes?|propose"
    r"|want to pay|can pay"
    r"|wird|werde[n]?|erfolgt|bis|spatestens|zahl(?:e|en|ung|lauf|datum)|uberweise?n?|kommt"
    r"|geht mit|vorgemerkt"
    r"|binnen|innerhalb|angewiesen|begleichen|folgt|sera|seront|serons|aurez|paie|(?:je|on"
    r"|nous) paye|payerai|paierons"
    r"|reglerons|reglerai|verserons|virerons|prevu[e]?|programmee?|avant le|au plus tard|d'ici"
    r"|part le|part demain"
    r"|sera[n]?|pagare(?:mos)?|pagaremos|abonara[n]?|transferira|antes|tardar|previst[oa]"
    r"|programad[oa]|saldra|sale"
    r"|pago|lo teneis|tendras|remesa|fecha de pago)\b|'ll\b)"
)
BACK_WORDS = (
    r"\b(?:out of (?:the )?office|back|return(?:ing|s)?|away|on leave|on holiday|closed|til[l]?"
    r"|until|absent"
    r"|abwesend|urlaub|wieder|zuruck|geschlossen|nicht im (?:buro|haus)|absente?|conges|retour"
    r"|vacances|fermes?"
    r"|ausente|vacaciones|regres(?:o|are)|vuelvo|cerradas?|fuera de la oficina|hasta|jusqu'?au)\b"
)
PAY_WORDS = (
    r"\b(?:pay\w*|paid|payd|transfer\w*|settl\w*|remit\w*|cheque|money|run|funds?|zahl\w*"
    r"|bezahl\w*|uberw\w*|geld"
    r"|angewiesen|beglichen|begleichen|pai\w*|paye\w*|regl\w*|vir\w*|argent|cheque|pag\w*"
    r"|abon\w*|transf\w*|dinero"
    r"|remesa|released|freigegeben|approved|scheduled|instalments?|rate[n]?)\b"
)
