"""The words of a letter that denies a claim: the policy's text with the facts put in."""

import re
from collections.abc import Mapping

from dunwell.engine.dispute_policy import LANGUAGES, PLACES, DisputePolicy

_PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")


def letter_language(language: str) -> str:
    """Return the language a customer is answered in: his own where there is a letter in it."""
    return language[:2] if language[:2] in LANGUAGES else LANGUAGES[0]


def denial_letter(
    policy: DisputePolicy, *, reason: str, language: str, why: str, values: Mapping[str, str]
) -> tuple[str, str]:
    """Return subject and body of a denial; `why` is what the person says beyond the reason.

    `values` holds what PLACES names but reason and why. Values are put in as they are and never
    read again, so nothing in them acts as a placeholder.
    """
    spoken = letter_language(language)
    rule = policy.reason_rule(reason)
    sentence = rule.denial.get(spoken) or rule.denial[LANGUAGES[0]]
    told = {
        **values,
        "reason": policy.reason_label(reason, spoken),
        "why": " ".join(part for part in (sentence, why.strip()) if part),
    }
    letter = policy.letters[spoken]

    def filled(text: str) -> str:
        return _PLACE.sub(lambda place: told.get(place.group(1), ""), text)

    return filled(letter["subject"]).replace("\n", " ").strip(), filled(letter["body"]).strip()
