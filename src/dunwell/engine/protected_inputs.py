"""Names of what may not be asked in scoring a natural person.

Equal Credit Opportunity Act, 15 USC 1691(a), and Reg B, 12 CFR 1002.5-1002.6: race, colour,
religion, national origin, sex, marital status, age, public assistance. GDPR article 9: besides
these, health, orientation, political opinions, trade unions. Other names may still stand in
for one of them, which is why training also looks at how much each input tells about them.
"""

import re
from collections.abc import Iterable, Mapping

PROTECTED: Mapping[str, tuple[str, ...]] = {
    "age": ("age", "birth", "birthday", "birthdate", "dob"),
    "sex": ("sex", "gender", "male", "female", "pregnant", "pregnancy"),
    "marital status": ("marital", "marriage", "married", "spouse", "divorced"),
    "national origin": ("nationality", "citizenship", "foreign", "foreigner", "immigrant"),
    "race": ("race", "racial", "ethnic", "ethnicity", "skin"),
    "religion": ("religion", "religious", "faith", "church"),
    "family": ("children", "dependants", "dependents"),
    "health": ("health", "disability", "disabled", "illness"),
    "orientation": ("orientation",),
    "opinions": ("political", "union"),
    "public assistance": ("welfare", "assistance"),
}
"""Protected ground and the words that give it away in the name of an input."""

_OF_A_DOCUMENT = ("fs_", "bureau_", "own_")
"""The age of a report or of an item is nobody's age."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def protected_ground(name: str) -> str:
    """Return the protected ground that an input's name speaks of, empty for none."""
    if name.startswith(_OF_A_DOCUMENT):
        return ""
    words = {word.lower() for word in _WORD.findall(name)}
    return next((ground for ground, told in PROTECTED.items() if words & set(told)), "")


def protected_inputs(names: Iterable[str]) -> Mapping[str, str]:
    """Return the names among these that speak of a protected ground, with the ground."""
    grounds = {name: protected_ground(name) for name in names}
    return {name: ground for name, ground in grounds.items() if ground}
