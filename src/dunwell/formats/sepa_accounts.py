"""Accounts and mandate references of SEPA: the form banks want, or the sentence why not."""

import re

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

EEA = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE"),
        *("SI", "SK"),
    )
)
"""Countries of SEPA where the account number alone is enough."""

BEYOND_EEA = frozenset(("AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"))
"""Countries of SEPA outside the European Economic Area: their banks are named by BIC too."""

_REFERENCE = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9+?/:().,'\- ]{1,35}(?<![/ ])")


class SepaError(ValueError):
    """A reference or an account SEPA cannot use: what is wrong and what to do."""


def mandate_reference(text: str) -> str:
    """Return a mandate reference without outer spaces; raise SepaError for one banks refuse."""
    reference = text.strip()
    if not _REFERENCE.fullmatch(reference):
        raise SepaError(
            "The reference must have 1 to 35 characters: letters A to Z, digits and "
            "+ ? / : ( ) . , ' - between them, with no slash at the ends."
        )
    return reference


def is_account_number(text: str) -> bool:
    """Return whether a text is an IBAN whose length and check digits are right."""
    try:
        IBAN(text)
    except SchwiftyException:
        return False
    return True


def sepa_account(iban: str, bic: str) -> tuple[str, str]:
    """Return account number and BIC in the form banks want; the BIC may stay empty in the EEA.

    The BIC is looked up where it is left out. Raises SepaError.
    """
    try:
        account = IBAN(iban)
    except SchwiftyException as error:
        raise SepaError(
            f"The account number cannot be right: {str(error).lower()}. Compare it with the "
            "signed mandate."
        ) from error
    if account.country_code not in EEA | BEYOND_EEA:
        raise SepaError(f"Accounts in {account.country_code} cannot be debited in SEPA.")
    try:
        found = BIC(bic) if bic.strip() else account.bic
    except SchwiftyException as error:
        raise SepaError(
            f"The BIC cannot be right: {str(error).lower()}. Leave it empty to have it looked up."
        ) from error
    if found is None and account.country_code in BEYOND_EEA:
        raise SepaError(
            f"Enter the BIC of the bank: {account.country_code} lies outside the European "
            "Economic Area."
        )
    return account.compact, found.compact if found else ""
