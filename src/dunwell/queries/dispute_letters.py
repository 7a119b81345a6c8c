"""The letter that denies a claim, as it was written with the resolution of a case."""

from zoneinfo import ZoneInfo

from dunwell.engine.dispute_letters import letter_language
from dunwell.formats.denial_letter import DenialLetter, denial_letter_pdf
from dunwell.models import DisputeResolution


def denial_pdf(resolution: DisputeResolution) -> bytes:
    """Return the letter of a resolution as a PDF, dated the day it was proposed.

    Raises ValueError where nothing was denied and so no letter is there, TypesettingError where
    it cannot be set.
    """
    if not resolution.letter:
        raise ValueError(f"resolution {resolution.pk} has no letter")
    case = resolution.case
    return denial_letter_pdf(
        DenialLetter(
            number=case.number,
            language=letter_language(case.customer.language),
            company=case.company.name,
            sender=case.company.reply_to,
            customer=case.customer.name,
            customer_address=case.customer.address,
            text=resolution.letter,
            written_on=resolution.proposed_at.astimezone(ZoneInfo(case.company.zone)).date(),
        )
    )
