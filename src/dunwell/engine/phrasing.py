"""Whether a text that was worded anew still says the same: what it must keep and may not add.

Figures, dates and addresses are the matter of `evidence.unproven`. Here is what has no figure: a
promise of ours, a threat, a new thing said. Every fault keeps the rules' text; none is repaired.
"""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_GROWTH = 1.6
"""A text may grow by so much, and by SPARE characters more."""
SPARE = 80
SHARED = 0.34
"""So much of the words of each sentence must stand in the finished text, word by word stem."""
SHORT, STEM = 4, 5
"""Words shorter than this are joints of a language; of others so many letters are compared."""

COMMITMENTS = (
    *("waive", "waiv", "forgiv", "forgave", "discount", "rebate", "refund", "cancel", "reduc"),
    *("write off", "written off", "free of charge", "guarantee", "no longer owe", "settled"),
    *("verzicht", "erlass", "erläss", "nachlass", "rabatt", "gutschr", "storn", "erstatt"),
    *("garantier", "schulden nichts", "beglichen"),
    *("renonc", "remise", "rabais", "annul", "rembours", "garanti", "réduction", "ne devez"),
    *("renunci", "condon", "descuento", "rebaja", "reembols", "garantiz", "anulad", "no debe"),
    *("rinunc", "sconto", "rimbors", "garanti", "annull", "condono", "non deve"),
    *("kwijt", "korting", "terugbetal", "garandeer", "vervalt", "geannuleerd"),
    *("umorz", "umarz", "rabat", "zwrot", "gwarant", "anulow", "nie jest pan", "zniżk"),
    *("desconto", "perdo", "reembols", "anula", "renúnci", "não deve"),
    *("efterskänk", "rabatt", "återbetal", "garanter", "avskriv", "annuller"),
    *("indirim", "iade", "iptal", "vazgeç", "garanti", "borcunuz yok", "silin"),
    *("half", "halb", "hälft", "moitié", "mitad", "metà", "helft", "połow", "metade"),
    *("yarıs",),  # noqa: RUF001 (Turkish has an i without a dot)
)
"""Beginnings of words by which we would give something up, in the ten languages of the assistant;
one that does not stand in the finished text may not come in."""

NEGATIONS = frozenset(
    {
        *("not", "no", "never", "nothing", "nobody", "none", "nicht", "nichts", "kein", "keine"),
        *("keinen", "niemals", "nie", "pas", "jamais", "rien", "aucun", "aucune", "nunca", "nada"),
        *("ningun", "ninguna", "non", "mai", "niente", "nessun", "niet", "geen", "nooit", "niets"),
        *("zaden", "nigdy", "nic", "nao", "nenhum", "inte", "ingen", "inget", "aldrig", "degil"),
        *("yok", "hicbir", "asla"),
    }
)
"""Words that turn a sentence round; a text worded anew has no more of them than before."""

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_FIGURE = re.compile(r"\d+")
_LINK = re.compile(
    r"https?:|mailto:|tel:|<[a-z/!]|\]\(|```|[\w.+-]+@[\w.-]+|"
    r"(?=[\w-]*[a-z])[\w-]++(?:\.[a-z]{2,})+"
)
"""What can be followed, written to, or is drawn otherwise than it is written."""


def phrasing_faults(finished: str, worded: str) -> tuple[str, ...]:
    """Return what is wrong with a text worded anew from a finished one; empty: it may be used.

    Codes: empty, long, control, link, figures, commitment, negation, foreign_sentence. The last is
    a sentence that shares too few words with the finished text to be the same thing said again.
    """
    if not worded.strip():
        return ("empty",)
    faults = []
    if len(worded) > len(finished) * LONGEST_GROWTH + SPARE:
        faults.append("long")
    if any(
        unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs"} for sign in worded if sign != "\n"
    ):
        faults.append("control")
    if set(_LINK.findall(worded.lower())) - set(_LINK.findall(finished.lower())):
        faults.append("link")
    if _figures(finished) != _figures(worded):
        faults.append("figures")
    before, after = _plain(finished), _plain(worded)
    if any(after.count(one) > before.count(one) for one in map(_plain, COMMITMENTS)):
        faults.append("commitment")
    if _negations(after) > _negations(before):
        faults.append("negation")
    if any(_is_foreign(sentence, finished) for sentence in _SENTENCE.split(worded)):
        faults.append("foreign_sentence")
    return tuple(faults)


def _is_foreign(sentence: str, finished: str) -> bool:
    """Return whether a sentence says something else; one of short words alone adds none."""
    stems, known = list(_stems(sentence)), set(_stems(finished))
    if stems:
        return sum(stem in known for stem in stems) < SHARED * len(stems)
    return not set(_WORD.findall(_plain(sentence))) <= set(_WORD.findall(_plain(finished)))


def _figures(text: str) -> set[str]:
    """Return every run of digits of a text: none may be lost, none may come in."""
    return set(_FIGURE.findall(unicodedata.normalize("NFKC", text)))


def _negations(plain: str) -> int:
    return sum(word in NEGATIONS for word in _WORD.findall(plain))


def _stems(text: str) -> Iterator[str]:
    """Return the beginnings of the longer words of a text, without case and accents."""
    for word in _WORD.findall(_plain(text)):
        if len(word) >= SHORT:
            yield word[:STEM]


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
