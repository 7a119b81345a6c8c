"""What a message of a customer can be about, and the shape in which a reading says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

WEIGHTS: Mapping[str, int] = {
    "cease": 100,
    "insolvency": 95,
    "dispute": 80,
    "hardship": 70,
    "plan_request": 65,
    "paid_already": 60,
    "remittance": 55,
    "promise": 50,
    "missing_po": 45,
    "copy_request": 40,
    "redirect": 35,
    "contact_change": 30,
    "hostile": 25,
    "out_of_office": 10,
    "other": 0,
}
"""How much a label matters for what is done next: of several the heaviest is the main one."""

LABELS: tuple[str, ...] = (
    "paid_already",
    "promise",
    "dispute",
    "copy_request",
    "missing_po",
    "remittance",
    "contact_change",
    "hardship",
    "plan_request",
    "cease",
    "insolvency",
    "out_of_office",
    "hostile",
    "redirect",
    "other",
)
"""What a message can be about; `other` is everything that needs a person to say it."""

OTHER = "other"

EXTRACT_KINDS: tuple[str, ...] = (
    "date",
    "amount",
    "item",
    "po",
    "phone",
    "email",
    "iban",
    "percent",
    "name",
)
"""What can be picked out of a text. An `iban` is sensitive: no suggestion is ever made of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Extract:
    """Something picked out of a text, with the words it stands in: text[start:end] == quote.

    `value` by kind: date = ISO date; amount = minor units and currency ("125000 EUR"); item =
    the number as the ledger writes it, or as found when the ledger has none such; po = letters
    and digits; phone = E.164; email = lower case; iban = without spaces; percent = ppm; name = as
    written. `role` says more where the words do: of a date `pay_by`, `paid_on`, `until` (back
    in the office) or empty; of an amount `total`, `disputed` or empty; of an item `known`, `like`.
    """

    kind: str
    value: str
    quote: str
    start: int
    end: int
    role: str = ""

    @property
    def day(self) -> date:
        """Return the value of a date; raise ValueError for another kind."""
        if self.kind != "date":
            raise ValueError(f"a {self.kind} is no date")
        return date.fromisoformat(self.value)

    @property
    def money(self) -> tuple[int, str]:
        """Return minor units and currency of an amount; raise ValueError for another kind."""
        if self.kind != "amount":
            raise ValueError(f"a {self.kind} is no amount")
        minor, _, currency = self.value.partition(" ")
        return int(minor), currency

    def as_dict(self) -> dict[str, Any]:
        """Return the extract as JSON; `extract_of` reads it again."""
        return {
            "kind": self.kind,
            "value": self.value,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "role": self.role,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a message says: the main label with its chance, all labels, what was picked out.

    `confidence_ppm` is the calibrated chance that `label` is right. Not `is_sure`: the model
    abstains, `label` is its best guess and a person has to say it. `labels` has the main one
    first, then by weight.
    """

    label: str
    confidence_ppm: int
    is_sure: bool
    labels: tuple[str, ...]
    extracts: tuple[Extract, ...] = ()


def extract_of(document: Mapping[str, Any]) -> Extract:
    """Return the extract that `Extract.as_dict` wrote; raise KeyError for what is none."""
    return Extract(
        kind=document["kind"],
        value=document["value"],
        quote=document["quote"],
        start=document["start"],
        end=document["end"],
        role=document.get("role", ""),
    )


def by_weight(labels: Iterable[str]) -> tuple[str, ...]:
    """Return labels with the one that matters most for action first, each once."""
    return tuple(sorted(set(labels), key=lambda one: (-WEIGHTS[one], one)))
