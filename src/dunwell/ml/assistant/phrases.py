"""The shipped phrases: what customers say to the assistant, by intent, in ten languages."""

from collections.abc import Iterator, Mapping
from importlib.resources import files

from dunwell.engine.assistant_intents import INTENTS, LANGUAGES
from dunwell.ml.intents.messages import Labelled

OPENINGS: Mapping[str, tuple[str, ...]] = {
    "de": ("Hallo, ", "Guten Tag, können Sie mir sagen, ", "bitte ", "Moin, "),
    "en": ("Hi, ", "Hello, could you please tell me ", "please ", "Good morning. "),
    "es": ("Hola, ", "Buenos días, me puede decir ", "por favor ", "Buenas, "),
    "fr": ("Bonjour, ", "Bonjour, pouvez-vous me dire ", "s'il vous plaît ", "Salut, "),
    "it": ("Ciao, ", "Buongiorno, mi può dire ", "per favore ", "Salve, "),
    "nl": ("Hallo, ", "Goedemiddag, kunt u mij vertellen ", "graag ", "Hoi, "),
    "pl": ("Cześć, ", "Dzień dobry, proszę mi powiedzieć ", "proszę ", "Witam, "),
    "pt": ("Olá, ", "Bom dia, pode dizer-me ", "por favor ", "Oi, "),
    "sv": ("Hej, ", "God dag, kan du säga ", "snälla ", "Hejsan, "),
    "tr": ("Merhaba, ", "İyi günler, söyler misiniz ", "lütfen ", "Selam, "),
}
"""How people begin: each phrase is learned with one of them too, so that "Hi, what do I owe" is
no greeting."""

OPENED_WEIGHT = 0.5
BARE = frozenset({"greeting", "thanks", "yes", "no", "cancel"})
"""Said without an opening."""


def assistant_phrases() -> tuple[Labelled, ...]:
    """Return all phrases with their intent; raise ValueError for a damaged file."""
    return tuple(one for language in LANGUAGES for one in _read(language))


def _read(language: str) -> Iterator[Labelled]:
    name = f"phrases_{language}.txt"
    text = files("dunwell.ml.assistant").joinpath(name).read_text(encoding="utf-8")
    openings = OPENINGS[language]
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        intent, colon, told = line.partition(": ")
        if not colon or intent not in INTENTS:
            raise ValueError(f"{name}, line {number}: write 'intent: phrase | phrase'")
        for place, phrase in enumerate(told.split(" | ")):
            yield Labelled(text=phrase.strip(), labels=(intent,), language=language)
            if intent not in BARE:
                opened = openings[place % len(openings)] + phrase.strip()
                yield Labelled(
                    text=opened, labels=(intent,), language=language, weight=OPENED_WEIGHT
                )
