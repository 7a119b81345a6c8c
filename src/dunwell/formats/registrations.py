"""Numbers by which a company is known to the state: their form and check digits, offline.

A number that is well formed is not proved to be anybody's: that takes a register. What is wrong
here is wrong, though, and is told with what to do. python-stdnum knows the rules of each country,
schwifty those of accounts.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import get_cc_module, lei
from stdnum.at import businessid
from stdnum.ch import uid
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import siren, siret
from stdnum.us import ein

PASSED, FAILED, NOT_GIVEN, NOT_POSSIBLE = "passed", "failed", "not_given", "not_possible"

WITHOUT_VAT = ("AU", "BR", "CA", "IN", "MX", "US")
"""Countries whose number for taxes on sales is none of ours to ask for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What a number turned out to be: outcome, the number in one form, and a sentence."""

    outcome: str
    value: str
    text: str


def check_vat(text: str, *, country: str) -> Checked:
    """Return whether a VAT number has the form and check digits of its country.

    The number may lead with its country; one of another country than the applicant's is told.
    """
    plain = re.sub(r"[\s.\-/]", "", text).upper()
    if not plain:
        return Checked(outcome=NOT_GIVEN, value="", text="No VAT number was given.")
    prefix = _vat_prefix(plain, country)
    rules = None if prefix in WITHOUT_VAT or not prefix else get_cc_module(prefix, "vat")
    if rules is None:
        return Checked(
            outcome=NOT_POSSIBLE,
            value=plain[:120],
            text=f"VAT numbers of {prefix or 'this country'} cannot be checked here.",
        )
    try:
        # Swiss numbers are often told without the word for VAT that ends them
        (uid if re.fullmatch(r"CHE\d{9}", plain) else rules).validate(plain)
    except InvalidChecksum:
        return _failed(plain, f"The check digit of the VAT number {plain} is wrong.")
    except ValidationError:
        return _failed(plain, f"The VAT number {plain} does not have the form of {prefix}.")
    if country and prefix != _vat_country(country):
        return Checked(
            outcome=FAILED,
            value=plain,
            text=f"The VAT number {plain} is one of {prefix}, the applicant is in {country}.",
        )
    return Checked(outcome=PASSED, value=plain, text=f"Form and check digit of {plain} are right.")


def check_lei(text: str) -> Checked:
    """Return whether a legal entity identifier has its form and check digits (ISO 17442)."""
    plain = re.sub(r"\s", "", text).upper()
    if not plain:
        return Checked(outcome=NOT_GIVEN, value="", text="No LEI was given.")
    if not re.fullmatch(r"[A-Z0-9]{18}[0-9]{2}", plain):
        return _failed(plain, "An LEI has 18 letters or digits and two check digits.")
    if not lei.is_valid(plain):
        return _failed(plain, f"The check digits of the LEI {plain} are wrong.")
    return Checked(outcome=PASSED, value=plain, text="Form and check digits of the LEI are right.")


def check_iban(text: str, *, country: str) -> Checked:
    """Return whether an account number is right, and one of the applicant's country.

    The value is masked: the account itself is kept with the answers alone.
    """
    if not text.strip():
        return Checked(outcome=NOT_GIVEN, value="", text="No account number was given.")
    try:
        account = IBAN(text)
    except SchwiftyException as error:
        return _failed(masked(text), f"The account number is wrong: {str(error).lower()}.")
    if country and account.country_code != country:
        return Checked(
            outcome="to_review",
            value=masked(account.compact),
            text=f"The account is in {account.country_code}, the applicant in {country}.",
        )
    return Checked(
        outcome=PASSED, value=masked(account.compact), text="The account number is right."
    )


def check_registration(text: str, *, country: str) -> Checked:
    """Return whether a register number has the form its country uses; most have none."""
    plain = " ".join(text.upper().split())
    if not plain:
        return Checked(outcome=NOT_GIVEN, value="", text="No register number was given.")
    if country not in REGISTERS:
        return Checked(
            outcome=NOT_POSSIBLE,
            value=plain[:120],
            text=f"Register numbers of {country or 'this country'} have no form to check.",
        )
    is_right, example = REGISTERS[country]
    if not is_right(plain):
        return _failed(plain[:120], f"A register number of {country} looks like {example}.")
    return Checked(outcome=PASSED, value=plain, text="The register number has the right form.")


def masked(number: str) -> str:
    """Return an account number with its middle hidden: DE89 … 3000."""
    plain = re.sub(r"\s", "", number).upper()
    return f"{plain[:4]} … {plain[-4:]}" if len(plain) > 2 * 4 else "…"


def _failed(value: str, text: str) -> Checked:
    return Checked(outcome=FAILED, value=value[:120], text=text)


def _vat_prefix(plain: str, country: str) -> str:
    known = plain[:2] if plain[:2].isalpha() else _vat_country(country)
    return _vat_country(known)


def _vat_country(country: str) -> str:
    return "GR" if country == "EL" else country


def _has_form(pattern: str) -> Callable[[str], bool]:
    return lambda plain: re.fullmatch(pattern, plain) is not None


REGISTERS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "DE": (_has_form(r"(HR ?[AB]|GNR|GSR|PR|VR) ?\d{1,6}( ?[A-Z]{1,3})?"), "HRB 12345"),
    "AT": (businessid.is_valid, "FN 123456a"),
    "GB": (_has_form(r"([A-Z]{2})?\d{6,8}"), "01234567"),
    "FR": (lambda plain: siren.is_valid(plain) or siret.is_valid(plain), "303 265 045"),
    "NL": (_has_form(r"\d{8}"), "12345678"),
    "CH": (uid.is_valid, "CHE-100.155.212"),
    "US": (ein.is_valid, "91-1144442"),
}
"""What is right as a register number (in the US the EIN) and an example of it."""
