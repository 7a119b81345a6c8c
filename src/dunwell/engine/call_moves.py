"""What somebody does with a sentence of a call: introduces themselves, asks, offers, threatens.

Read by words in English and German, in no way clever: a trainee can see which words counted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

LANGUAGES = ("en", "de")

_CASED = frozenset({"identified"})
"""Moves whose words are read with their capitals: a company is told by one."""

_EN: Mapping[str, str] = {
    "identified": (
        r"(?:[Tt]his is|[Mm]y name is|I'?m|[Ss]peaking) .*(?:from|of|with) [A-Z]"
        r"|calling from [A-Z]|from [A-Z]\w+ (?:\w+ )?(?:Collections|Services|Associates|Solutions)"
    ),
    "right_party": (
        r"speak(?:ing)? (?:with|to)|calling for|trying to reach|may i (?:please )?speak"
        r"|(?:who deals with|responsible for) (?:payments|invoices|accounts payable)"
    ),
    "purpose": (
        r"attempt to collect|debt collection call|regarding|calling about|call(?:ing)? to follow"
        r"|follow up on|it is about|reason (?:for|of) my call|invoice (?:no\.? ?|number )?\w*\d"
    ),
    "rights": (
        r"right(?:s)? .*(?:dispute|validation|act)|dispute (?:this|the) (?:debt|invoice)"
        r"|written (?:notice|verification|validation)|free advice|take advice"
    ),
    "convenience": (
        r"is now a good time|good time to (?:talk|speak)|have a (?:few minutes|moment)"
        r"|few minutes|able to discuss|what time works|when (?:may|can|should) i call"
    ),
    "offers_help": (
        r"help you|anything else i can|do for you|look for a way|find a (?:way|solution)"
    ),
    "feelings": (
        r"i(?:'m| am) sorry|i understand|i (?:can )?(?:see|hear) (?:that|how|you)"
        r"|(?:must|can) be (?:hard|difficult|challenging|stressful)|take your time"
    ),
    "thanks": r"thank(?:s| you)|i appreciate|that'?s great|good to hear",
    "asks_why": (
        r"\bwhy\b[^.!]*\?|what (?:happened|is wrong|went wrong|is the reason|stops)"
        r"|(?:tell|explain) (?:to )?me|what exactly|which (?:part|items?|lines?)|how come"
    ),
    "options": (
        r"payment (?:plan|option)|instal?ments?|work with you|options|two (?:parts|payments)"
        r"|what amount would|part payment|pay (?:a|one) part"
    ),
    "date": (
        r"\b(?:mon|tues|wednes|thurs|fri)day\b|\btomorrow\b|\b\d{1,2}(?:st|nd|rd|th)\b"
        r"|by the end of|\bwithin \w+ days|\bnext week\b|\b20\d\d-\d\d-\d\d\b"
        r"|\b(?:january|february|march|april|may|june|july|august|september|october"
        r"|november|december) \d|\bby when\b|\bwhen (?:can|could|will|would) you pay\b"
    ),
    "amount": r"[€$£] ?\d[\d.,]*|\d[\d.,]* ?(?:€|euros?|eur|dollars?|pounds?)\b",
    "confirms": (
        r"\bto confirm\b|i(?:'ll| will)? (?:note|confirm|record)|so (?:you|we) (?:will|agree)"
        r"|we agreed?|let me (?:repeat|sum)|i(?:'ll| will) (?:write|send) (?:it|that|you)"
    ),
    "documents": (
        r"(?:send|mail|e-?mail|give) (?:you |over )?(?:a |the |another )?"
        r"(?:copy|invoice|delivery note|proof|statement|documents?)"
    ),
    "checks": (
        r"(?:look|check) (?:into|at|with)|clarify|raise (?:a|the) (?:dispute|case)"
        r"|open a (?:dispute|case)|have (?:it|that) checked|pass (?:it|this) (?:on|to)"
    ),
    "pause": (
        r"\bpause\b|put (?:it|this|everything|the \w+) on hold|(?:no|not) (?:more|further) calls?"
        r"|(?:won'?t|will not|stop) (?:call|contact|remind)\w*|only in writing|take the pressure"
    ),
    "specialist": (
        r"colleague|specialist|debt advice|advice (?:centre|center|service)|support team"
        r"|supervisor|manager"
    ),
    "files_claim": (
        r"(?:file|register|lodge|submit) (?:the |our |a )?claim|administrator|insolvency"
        r"|case number|proof of debt"
    ),
    "asks_payment": (
        r"\bpay(?:ment)?\b[^.!?]*\?|(?:please|you (?:must|have to|need to|should)) "
        r"(?:now )?(?:pay|transfer)|\bpay (?:this|it|up|now|today)|\btransfer (?:the|it)"
    ),
    "pressure": r"(?:pay|payment)\b[^.!?]*\b(?:today|now|right away|immediately)\b",
    "must_pay": (
        r"final warning|last chance|24 hours|you must pay|need to pay this|pay (?:up|now)\b"
    ),
    "suit": r"filing a lawsuit|\bsue you\b|further action|legal team|take you to court",
    "seizure": r"garnish|take everything|lose your house|\blien\b|seize|bailiff",
    "third_party": (
        r"(?:call|contact|tell)\w* (?:\w+ ){0,3}(?:your )?(?:employer|neighbou?rs?|family|boss"
        r"|customers|wife|husband)|at your job|your workplace will"
    ),
    "abuse": (
        r"play (?:dumb|stupid)|deadbeat|\bthief\b|\bliar\b|\bliars\b|genius|your excuses"
        r"|stealing|\bidiot|\bstupid\b|shut up"
    ),
    "intimidation": (
        r"where your (?:kids|children)|our ways of|got connections|regret it"
        r"|life very difficult|easy or hard|face the consequences"
    ),
    "arrest": (
        r"\barrest|criminal charges|sheriff|you'?re a criminal|that'?s theft|\bpolice\b"
        r"|\bjail\b"
    ),
    "dismissive": (
        r"not my problem|i hear that a lot|second job|sell something|everybody says"
        r"|i don'?t care|(?:that'?s|is) (?:just )?an excuse|should have thought"
    ),
    "gives_in": (
        r"forget (?:about )?(?:it|the)|waive|write (?:it|that|this) off|discount|\d ?% off"
    ),
}
_DE: Mapping[str, str] = {
    "identified": (
        r"(?:[Hh]ier (?:ist|spricht)|[Mm]ein Name ist|[Ii]ch bin) .*(?:von|bei|der) [A-Z]"
    ),
    "right_party": (
        r"spreche ich mit|mit (?:herrn|frau) \w+ sprechen|sind sie (?:herr|frau|zuständig)"
        r"|zuständig(?:e[rn]?)? für|ich möchte (?:mit|zu)"
    ),
    "purpose": (
        r"es geht um|ich rufe (?:an )?wegen|wegen (?:der|ihrer|unserer|einer) \w*rechnung"
        r"|grund meines anrufs|rechnung (?:nr\.? ?|nummer )?\w*\d|offene[nrs]? (?:betrag|rechnung)"
    ),
    "rights": (
        r"recht(?:e)? .*(?:widersprechen|bestreiten|prüfen)|schuldnerberatung|beraten lassen"
    ),
    "convenience": (
        r"passt es (?:ihnen )?(?:gerade|jetzt)|haben sie (?:kurz|einen moment|zeit)"
        r"|störe ich|wann (?:darf|kann|soll) ich (?:sie )?(?:anrufen|erreichen)"
    ),
    "offers_help": r"ihnen helfen|helfe ihnen|für sie tun|lösung (?:finden|suchen)|weg finden",
    "feelings": (
        r"tut mir (?:sehr )?leid|ich verstehe|verstehe ich|kann ich (?:gut )?nachvollziehen"
        r"|nicht (?:einfach|leicht)|lassen sie sich zeit|das ist (?:schwer|belastend)"
    ),
    "thanks": r"danke|das freut mich|schön zu hören",
    "asks_why": (
        r"\b(?:warum|wieso|weshalb)\b|woran (?:liegt|lag)|was (?:ist|war) (?:passiert|geschehen"
        r"|der grund|nicht in ordnung)|was genau|welche[rs]? (?:teil|position)|erzählen sie"
    ),
    "options": r"raten?\b|ratenzahlung|teilzahlung|zahlungsplan|möglichkeit|zwei teile|anzahlung",
    "date": (
        r"\b(?:mon|diens|donners|frei)tag\b|\bmittwoch\b|\bmorgen\b(?! (?:frau|herr))"
        r"|\b\d{1,2}\.(?: ?\d{1,2}\.| (?:januar|februar|märz|april|mai|juni|juli|august"
        r"|september|oktober|november|dezember))|\bbis (?:wann|ende|zum)\b|nächste[rn]? woche"
        r"|\bwann (?:können|zahlen|werden) sie\b|\b20\d\d-\d\d-\d\d\b"
    ),
    "amount": r"€ ?\d[\d.,]*|\d[\d.,]* ?(?:€|euro\b|eur\b)",
    "confirms": (
        r"ich (?:notiere|bestätige|halte fest|fasse zusammen|vermerke)|also (?:zahlen|vereinbaren)"
        r"|wir haben vereinbart|schicke ihnen (?:das|die bestätigung)|halten wir fest"
    ),
    "documents": (
        r"(?:schicke|sende|maile|schicken|senden) (?:ich )?(?:ihnen )?(?:gern |gleich )?"
        r"(?:\w+ ){0,2}(?:kopie|rechnung|lieferschein|nachweis|auszug|unterlagen)"
    ),
    "checks": r"kläre|klären|prüfe|prüfen|nachsehen|reklamation (?:auf|an)|weiterleiten|leite",
    "pause": (
        r"pausier|ruhen lassen|setze\w* .*aus\b|keine (?:weiteren )?(?:anrufe|mahnungen)"
        r"|rufe\w* (?:sie )?nicht mehr|nur (?:noch )?schriftlich|ohne druck"
    ),
    "specialist": r"kolleg|schuldnerberatung|beratungsstelle|vorgesetzte|spezialist",
    "files_claim": (
        r"forderung (?:an)?(?:melden|anmeldung)|anmelden|insolvenzverwalter|aktenzeichen"
        r"|insolvenztabelle"
    ),
    "asks_payment": (
        r"(?:zahlen|überweisen|zahlung)\b[^.!?]*\?|bitte (?:zahlen|überweisen)"
        r"|(?:müssen|sollten) (?:sie )?.*(?:zahlen|überweisen)"
    ),
    "pressure": (
        r"(?:heute|sofort|jetzt|umgehend) (?:noch )?.*(?:zahlen|überweisen)|zahlen .*sofort"
    ),
    "must_pay": r"letzte (?:warnung|chance|mahnung)|24 stunden|sie müssen .*zahlen",
    "suit": r"verklag|vor gericht|\bklage\b|rechtliche schritte|mahnbescheid",
    "seizure": r"pfänd|gerichtsvollzieher|nehmen ihnen alles|haus verlieren|konto sperren",
    "third_party": (
        r"(?:arbeitgeber|nachbarn?|familie|chef|kunden|frau|mann) .*(?:anrufen|sagen|informieren"
        r"|erzählen|erfahren)|(?:rufe|informiere|sage) .*(?:ihren? |ihrem )(?:arbeitgeber|nachbarn"
        r"|chef|kunden|familie)"
    ),
    "abuse": r"\bdumm\b|lügner|betrüger|\bdieb\b|idiot|ihre ausreden|halten sie den mund|faul\b",
    "intimidation": r"wo ihre kinder|bereuen|andere wege|das leben schwer|konsequenzen spüren",
    "arrest": r"verhaft|strafanzeige|polizei|gefängnis|\bknast",
    "dismissive": (
        r"nicht mein problem|ihr problem|das sagen alle|ausrede|ist mir egal|selbst schuld"
    ),
    "gives_in": r"vergessen (?:wir|sie)|erlassen|erlasse|ausbuchen|rabatt|\d ?% nachlass",
}

MOVES = tuple(_EN)
"""Everything that is heard, good and bad."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A move and the words it was told by."""

    move: str
    quote: str


@cache
def _patterns(language: str) -> Mapping[str, re.Pattern[str]]:
    words = _DE if language == "de" else _EN
    return {
        move: re.compile(found, 0 if move in _CASED else re.IGNORECASE)
        for move, found in words.items()
    }


def heard(text: str, *, language: str) -> tuple[Heard, ...]:
    """Return the moves of a text, each once, in the order of MOVES; else read as English."""
    plain = text.replace("\u2019", "'")
    told = ((move, found.search(plain)) for move, found in _patterns(language).items())
    return tuple(Heard(move=move, quote=hit.group()[:120]) for move, hit in told if hit)
