"""What a credit bureau is asked and what it answers, whatever way it is reached.

A connector is anything with `ask(request)`: it returns a BureauAnswer, None for a customer the
bureau does not know, or raises a BureauError. The document an answer is read from is JSON; a row
of a CSV feed has the same fields. See docs/how-to/add-a-bureau.md.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from dunwell.engine.money import LARGEST_MINOR, to_minor
from dunwell.engine.number_forms import letters_and_digits
from dunwell.formats.currencies import ISO_CODES

PPM = 1_000_000
LARGEST_SCORE = 1_000_000
LONGEST_DOCUMENT = 200_000
"""Most characters of an answer that are kept."""
MOST_FLAGS = 50
LONGEST_FLAG = 120
TRUE, FALSE = frozenset({"true", "yes", "1", "ja"}), frozenset({"false", "no", "0", "nein"})
KEYS = ("vat_id", "customer_number")
"""Fields of a feed's row that say whose it is, the surest first. A name alone is no key."""
FIELDS = (
    *("external_id", "score", "pd_ppm", "probability_of_default", "limit", "limit_minor"),
    *("currency", "risk_class", "is_insolvent", "flags", "reported_on"),
)


class BureauError(RuntimeError):
    """The bureau gave no answer that can be used; `permanent`: asking again does not help."""

    permanent = True

    def __init__(self, text: str, *, permanent: bool | None = None) -> None:
        super().__init__(text)
        if permanent is not None:
            self.permanent = permanent


class BureauUnreachableError(BureauError):
    """It could not be reached, or did not answer in time."""

    permanent = False


class BureauBusyError(BureauError):
    """It asks to come back later (429), or has a fault of its own (5xx)."""

    permanent = False


class BureauDeniedError(BureauError):
    """It does not accept who we are or what we ask (4xx)."""


class BureauAnswerError(BureauError):
    """It answered something that cannot be read; the message names the field."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauRequest:
    """Who is asked about and why. `reference` is the same for every try of one question."""

    reference: str
    customer_number: str
    name: str
    country: str = ""
    vat_id: str = ""
    address: str = ""
    register_number: str = ""
    purpose: str
    consent: str = ""

    def document(self) -> dict[str, str]:
        """Return the request as fields, without those that are empty."""
        names = ("reference", "customer_number", "name", "country", "vat_id", "address")
        every = {name: getattr(self, name) for name in (*names, "register_number", "purpose")}
        every["consent"] = self.consent
        return {name: value for name, value in every.items() if value}


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauAnswer:
    """What a bureau says of a customer; what it does not say is None or empty.

    `score` is on the bureau's own scale, `pd_ppm` its probability of default within a year in
    ppm, `limit_minor` a limit in minor units of `currency`. `raw` is the answer as told.
    """

    bureau: str
    reported_on: date
    external_id: str = ""
    score: int | None = None
    pd_ppm: int | None = None
    limit_minor: int | None = None
    currency: str = ""
    risk_class: str = ""
    is_insolvent: bool | None = None
    flags: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


class Bureau(Protocol):
    """A way to ask one bureau."""

    def ask(self, request: BureauRequest) -> BureauAnswer | None:
        """Return what it says, None when it does not know the customer; raise BureauError."""


def read_bureau_answer(document: object, *, bureau: str) -> BureauAnswer:
    """Return an answer from its fields (JSON values, or the texts of a feed's row).

    `pd_ppm` or `probability_of_default` (0 to 1), `limit_minor` or `limit` (with decimals) may be
    told, not both. Raises BureauAnswerError naming the field that cannot be used.
    """
    if not isinstance(document, Mapping):
        raise BureauAnswerError(f"{bureau}: the answer is no object with fields.")
    told = {str(name): value for name, value in document.items() if value not in (None, "")}
    reader = _Fields(told, bureau)
    currency = reader.text("currency", 3).upper()
    if currency and currency not in ISO_CODES:
        raise reader.wrong("currency", "an ISO 4217 code")
    reported_on = reader.day("reported_on")
    return BureauAnswer(
        bureau=bureau,
        reported_on=reported_on,
        external_id=reader.text("external_id", 80),
        score=reader.whole("score", -LARGEST_SCORE, LARGEST_SCORE),
        pd_ppm=reader.chance(),
        limit_minor=reader.limit(currency),
        currency=currency,
        risk_class=reader.text("risk_class", 20),
        is_insolvent=reader.flag("is_insolvent"),
        flags=reader.flags(),
        raw=told,
    )


def read_bureau_feed(data: bytes, *, name: str) -> list[dict[str, Any]]:
    """Return the rows of a feed file: CSV with a header, or a JSON list of objects.

    Each row has a key of KEYS and fields of FIELDS. Raises BureauAnswerError naming file and row.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BureauAnswerError(f"{name}: is not UTF-8 text. Save the feed as UTF-8.") from error
    is_json = text.lstrip().startswith(("[", "{"))
    rows = _json_rows(text, name) if is_json else _csv_rows(text, name)
    for number, row in enumerate(rows, 1):
        if not any(row.get(key) for key in KEYS):
            raise BureauAnswerError(
                f"{name}: row {number} says not whose it is. Fill in {' or '.join(KEYS)}."
            )
    return rows


def row_of(
    rows: Sequence[Mapping[str, Any]], request: BureauRequest, *, name: str
) -> Mapping[str, Any] | None:
    """Return the newest row about the customer asked for, None where there is none.

    The VAT number decides where both have one, else the customer number. Raises
    BureauAnswerError where a row of the customer has no day.
    """
    found = [row for row in rows if _is_about(row, request)]
    undated = [row for row in found if not row.get("reported_on")]
    if undated:
        raise BureauAnswerError(
            f"{name}: the row of customer {request.customer_number} has no reported_on."
        )
    return max(found, key=lambda row: str(row["reported_on"]), default=None)


def _is_about(row: Mapping[str, Any], request: BureauRequest) -> bool:
    theirs = letters_and_digits(str(row.get("vat_id") or ""))
    ours = letters_and_digits(request.vat_id)
    if theirs and ours:
        return theirs == ours
    return str(row.get("customer_number") or "").strip() == request.customer_number


def _json_rows(text: str, name: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise BureauAnswerError(f"{name}: the JSON cannot be read ({error}).") from error
    rows = found if isinstance(found, list) else [found]
    if not all(isinstance(row, dict) for row in rows):
        raise BureauAnswerError(f"{name}: must be a JSON list of objects, one per customer.")
    return rows


def _csv_rows(text: str, name: str) -> list[dict[str, Any]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BureauAnswerError(f"{name}: the CSV cannot be read ({error}).") from error
    return [
        {str(field).strip(): str(value or "").strip() for field, value in row.items() if field}
        for row in rows
        if any(row.values())
    ]


class _Fields:
    """Reads the fields of one answer and says which cannot be used."""

    __slots__ = ("_bureau", "_told")

    def __init__(self, told: Mapping[str, Any], bureau: str) -> None:
        self._told, self._bureau = told, bureau

    def wrong(self, name: str, expected: str) -> BureauAnswerError:
        """Return the error for a field."""
        found = str(self._told.get(name))[:60]
        return BureauAnswerError(f"{self._bureau}: {name} is {found!r}; expected {expected}.")

    def text(self, name: str, most: int) -> str:
        """Return a short text, empty where it is not told."""
        value = str(self._told.get(name, "")).strip().replace("\0", "")
        if len(value) > most:
            raise self.wrong(name, f"at most {most} characters")
        return value

    def number(self, name: str) -> Decimal | None:
        """Return a number, None where it is not told."""
        value = self._told.get(name)
        if value is None:
            return None
        try:
            number = Decimal("nan") if isinstance(value, bool) else Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite():
            raise self.wrong(name, "a number with a decimal point")
        return number

    def whole(self, name: str, least: int, most: int) -> int | None:
        """Return a whole number within bounds, None where it is not told."""
        number = self.number(name)
        if number is None:
            return None
        if number != number.to_integral_value() or not least <= number <= most:
            raise self.wrong(name, f"a whole number from {least} to {most}")
        return int(number)

    def chance(self) -> int | None:
        """Return the probability of default in ppm, None where it is not told."""
        share = self.number("probability_of_default")
        if share is None:
            return self.whole("pd_ppm", 0, PPM)
        if "pd_ppm" in self._told:
            raise self.wrong("pd_ppm", "either pd_ppm or probability_of_default, not both")
        if not 0 <= share <= 1:
            raise self.wrong("probability_of_default", "a number from 0 to 1")
        return int((share * PPM).to_integral_value())

    def limit(self, currency: str) -> int | None:
        """Return the recommended limit in minor units, None where it is not told."""
        amount = self.number("limit")
        if amount is not None and "limit_minor" in self._told:
            raise self.wrong("limit", "either limit or limit_minor, not both")
        if amount is None and "limit_minor" not in self._told:
            return None
        if not currency:
            raise self.wrong("currency", "the currency of the limit")
        if amount is None:
            return self.whole("limit_minor", 0, LARGEST_MINOR)
        if amount < 0:
            raise self.wrong("limit", "a number that is not below 0")
        try:
            return to_minor(amount, currency)
        except (ValueError, InvalidOperation) as error:
            raise self.wrong("limit", f"an amount in {currency}") from error

    def flag(self, name: str) -> bool | None:
        """Return yes or no, None where it is not told."""
        value = self._told.get(name)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in TRUE | FALSE:
            return word in TRUE
        raise self.wrong(name, "true or false")

    def day(self, name: str) -> date:
        """Return a day, which has to be told."""
        try:
            return date.fromisoformat(str(self._told.get(name, "")).strip())
        except ValueError as error:
            raise self.wrong(name, "a day as YYYY-MM-DD") from error

    def flags(self) -> tuple[str, ...]:
        """Return what else it warns of: a list of short texts, in a feed parted by |."""
        value = self._told.get("flags", ())
        listed = value.split("|") if isinstance(value, str) else value
        if not isinstance(listed, list | tuple) or len(listed) > MOST_FLAGS:
            raise self.wrong("flags", f"a list of at most {MOST_FLAGS} texts")
        texts = [str(flag).strip().replace("\0", "") for flag in listed]
        if any(len(flag) > LONGEST_FLAG for flag in texts):
            raise self.wrong("flags", f"texts of at most {LONGEST_FLAG} characters")
        return tuple(flag for flag in texts if flag)


def plain_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer as told, as JSON keeps it; what is too long to keep says so instead."""
    text = json.dumps(document, default=str, sort_keys=True)
    if len(text) > LONGEST_DOCUMENT:
        return {"left_out": f"{len(text)} characters are too many to keep"}
    kept: dict[str, Any] = json.loads(text)
    return kept
