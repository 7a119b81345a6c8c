"""Words that state a figure or a day in ten languages, folded: lower case, no accents.

From these a text that is to be said is checked (`engine.claims`). Words that are everyday words
of their language as well ("one", "eine", "may") are left out or need a number beside them.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import TypeVar

Told = TypeVar("Told")

MONTHS: Mapping[str, tuple[str, ...]] = {
    "de": (
        *("januar jan janner", "februar feb", "marz mrz maerz", "april apr", "mai", "juni jun"),
        *("juli jul", "august aug", "september sep sept", "oktober okt", "november nov"),
        "dezember dez",
    ),
    "en": (
        *("january jan", "february feb", "march mar", "april apr", "may", "june jun"),
        *("july jul", "august aug", "september sep sept", "october oct", "november nov"),
        "december dec",
    ),
    "es": (
        *("enero ene", "febrero feb", "marzo mar", "abril abr", "mayo may", "junio jun"),
        *("julio jul", "agosto ago", "septiembre setiembre sept sep", "octubre oct"),
        *("noviembre nov", "diciembre dic"),
    ),
    "fr": (
        *("janvier janv", "fevrier fevr", "mars", "avril avr", "mai", "juin", "juillet juil"),
        *("aout", "septembre sept", "octobre oct", "novembre nov", "decembre dec"),
    ),
    "it": (
        *("gennaio gen", "febbraio feb", "marzo mar", "aprile apr", "maggio mag", "giugno giu"),
        *("luglio lug", "agosto ago", "settembre set", "ottobre ott", "novembre nov"),
        "dicembre dic",
    ),
    "nl": (
        *("januari jan", "februari feb", "maart mrt", "april apr", "mei", "juni jun"),
        *("juli jul", "augustus aug", "september sep sept", "oktober okt", "november nov"),
        "december dec",
    ),
    "pl": (
        *("styczen stycznia styczniu sty", "luty lutego lutym lut", "marzec marca marcu mar"),
        *("kwiecien kwietnia kwietniu kwi", "maj maja maju", "czerwiec czerwca czerwcu cze"),
        *("lipiec lipca lipcu lip", "sierpien sierpnia sierpniu sie"),
        *("wrzesien wrzesnia wrzesniu wrz", "pazdziernik pazdziernika pazdzierniku paz"),
        *("listopad listopada listopadzie lis", "grudzien grudnia grudniu gru"),
    ),
    "pt": (
        *("janeiro jan", "fevereiro fev", "marco mar", "abril abr", "maio", "junho jun"),
        *("julho jul", "agosto ago", "setembro set", "outubro out", "novembro nov"),
        "dezembro dez",
    ),
    "sv": (
        *("januari jan", "februari feb", "mars", "april apr", "maj", "juni jun", "juli jul"),
        *("augusti aug", "september sep sept", "oktober okt", "november nov", "december dec"),
    ),
    "tr": (
        *("ocak oca", "subat sub", "mart mar", "nisan nis", "mayis may", "haziran haz"),
        *("temmuz tem", "agustos agu", "eylul eyl", "ekim eki", "kasim kas", "aralik ara"),
    ),
}
"""Names of the months with their forms and short forms, January first."""

ALSO_WORDS = frozenset({"may", "march", "mar", "mars", "ara", "set", "out", "sie", "dec", "maja"})
"""Names of months that mean something else too: they are one only beside a number."""

SHORTEST_NAME = 4
"""A shorter name of a month is one only beside a number ("mai", "maj", "jun")."""

WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "de": (
        *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag sonnabend"),
        "sonntag",
    ),
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "es": ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "it": ("lunedi", "martedi", "mercoledi", "giovedi", "venerdi", "sabato", "domenica"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "pl": (
        *("poniedzialek poniedzialku", "wtorek wtorku", "sroda srode srody", "czwartek czwartku"),
        *("piatek piatku", "sobota sobote soboty", "niedziela niedziele niedzieli"),
    ),
    "pt": (
        *("segunda-feira segunda", "terca-feira terca", "quarta-feira quarta"),
        *("quinta-feira quinta", "sexta-feira sexta", "sabado", "domingo"),
    ),
    "sv": ("mandag", "tisdag", "onsdag", "torsdag", "fredag", "lordag", "sondag"),
    "tr": ("pazartesi", "sali", "carsamba", "persembe", "cuma", "cumartesi", "pazar"),
}  # fmt: skip
"""Names of the days of a week, Monday first."""

NEAR_DAYS: Mapping[str, str] = {
    "de": "morgen ubermorgen gestern vorgestern",
    "en": "tomorrow yesterday",
    "es": "manana anteayer ayer",
    "fr": "demain apres-demain hier avant-hier",
    "it": "domani dopodomani ieri",
    "nl": "morgen overmorgen gisteren",
    "pl": "jutro pojutrze wczoraj",
    "pt": "amanha ontem",
    "sv": "imorgon overmorgon igar",
    "tr": "yarin dun",
}
"""Words for a day near today. Today itself is the day a text is said on, and no claim."""

_NUMBERS: Mapping[str, str] = {
    "de": (
        "zwei drei vier funf sechs sieben acht neun zehn elf zwolf sech sieb zwan dreissig vierzig"
        " funfzig sechzig siebzig achtzig neunzig zwanzig hundert tausend million millionen"
        " hunderte tausende dutzend einhundert eintausend"
    ),
    "en": (
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty"
        " ninety hundred hundreds thousand thousands million millions billion dozen"
    ),
    "es": (
        "dos tres cuatro cinco seis siete ocho nueve diez doce trece catorce quince dieci veinte"
        " veinti treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento cientos"
        " quinientos mil miles millon millones docena"
    ),
    "fr": (
        "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
        " vingt vingts trente quarante cinquante soixante septante octante nonante cent cents"
        " mille million millions milliers douzaine"
    ),
    "it": (
        "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici"
        " quindici sedici diciassette diciotto diciannove venti vent trenta trent quaranta"
        " cinquanta sessanta settanta ottanta novanta cento"
        " mille mila milione milioni migliaia dozzina"
    ),
    "nl": (
        "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien"
        " zestien zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig"
        " tachtig negentig honderd duizend miljoen honderden duizenden"
    ),
    "pl": (
        "dwa dwie dwoch trzy trzech cztery czterech piec pieciu szesc siedem osiem dziewiec"
        " dziesiec dziesieciu jedenascie dwanascie trzynascie pietnascie dwadziescia trzydziesci"
        " czterdziesci piecdziesiat szescdziesiat siedemdziesiat osiemdziesiat dziewiecdziesiat"
        " sto dwiescie trzysta czterysta piecset szescset siedemset osiemset dziewiecset tysiac"
        " tysiace tysiecy milion milionow"
    ),
    "pt": (
        "dois duas tres quatro cinco seis sete oito nove dez onze doze treze quatorze catorze"
        " quinze dezasseis dezesseis dezassete dezessete dezoito vinte trinta quarenta cinquenta"
        " sessenta setenta oitenta noventa cem cento duzentos trezentos quinhentos mil milhao"
        " milhoes milhares duzia"
    ),
    "sv": (
        "tva tre fyra fem sex sju atta nio tio elva tolv tretton fjorton femton sexton sjutton"
        " arton nitton tjugo trettio fyrtio femtio sextio sjuttio attio nittio hundra tusen"
        " miljon miljoner tusentals dussin"
    ),
    "tr": (
        "iki uc dort bes alti yedi sekiz dokuz yirmi otuz kirk elli altmis yetmis seksen doksan"
        " yuz bin milyon milyar yuzlerce binlerce duzine"
    ),
}

_JOINTS: Mapping[str, str] = {"de": "und|ein", "nl": "en|een", "es": "y", "it": "uno?"}
"""What stands between the parts of one word: "einundzwanzig", "eenentwintig"."""

_ENDINGS: Mapping[str, str] = {
    "de": "s?te[nrsm]?",
    "en": "th|fold",
    "nl": "de|ste",
    "tr": "nci|inci|uncu",
}
"""Endings that make a number a place in a row: "zehnten", "tenth"."""


def months(language: str) -> Mapping[str, int]:
    """Return the month of every name of a language, of all languages where it is not known."""
    return {
        name: month
        for names in _of(MONTHS, language)
        for month, forms in enumerate(names, start=1)
        for name in forms.split()
    }


def weekdays(language: str) -> Mapping[str, int]:
    """Return the day of every name of a language, Monday 0; of all where it is not known."""
    return {
        name: day
        for names in _of(WEEKDAYS, language)
        for day, forms in enumerate(names)
        for name in forms.split()
    }


def near_days(language: str) -> frozenset[str]:
    """Return the words for a day near today."""
    return frozenset(chain.from_iterable(one.split() for one in _of(NEAR_DAYS, language)))


@lru_cache(maxsize=16)
def number_word(language: str) -> str:
    """Return a pattern for one folded word that is a number: "zweitausend", "twenty", "mille"."""
    patterns = []
    for one in (language,) if language in _NUMBERS else sorted(_NUMBERS):
        stems = "|".join(sorted(_NUMBERS[one].split(), key=len, reverse=True))
        joint = rf"(?:{_JOINTS[one]})?" if one in _JOINTS else ""
        ending = rf"(?:{_ENDINGS[one]})?" if one in _ENDINGS else ""
        patterns.append(rf"{joint}(?:(?:{stems}){joint})+{ending}")
    return rf"(?:{'|'.join(patterns)})"


def _of(words: Mapping[str, Told], language: str) -> tuple[Told, ...]:
    return (words[language],) if language in words else tuple(words.values())
