"""How training reads: customers to practise with, curricula, what a rule of the rubric means."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dunwell.engine.curricula import ROLE_PLAY
from dunwell.models import RolePlay
from dunwell.queries.curricula import CurriculumPart, shipped_personas, shipped_syllabus

register = template.Library()

DIMENSIONS: Mapping[str, Promise | str] = {
    "compliance": _("Compliance"),
    "empathy": _("Empathy"),
    "negotiation": _("Negotiation"),
    "outcome": _("Outcome"),
}
MERITS: Mapping[str, Promise | str] = {
    "identified": _("Said who is calling, and from where"),
    "right_party": _("Made sure to speak with the right person"),
    "purpose": _("Said what the call is about"),
    "convenience": _("Asked whether it suits"),
    "rights": _("Told the customer of its rights or of free advice"),
    "offers_help": _("Offered help"),
    "feelings": _("Showed understanding"),
    "thanks": _("Thanked the customer"),
    "asks_why": _("Asked for the reason"),
    "options": _("Offered a way to pay in parts"),
    "date": _("Spoke of a day"),
    "amount": _("Named the amount"),
    "documents": _("Offered to send papers"),
    "checks": _("Took on to find out"),
    "pause": _("Took the pressure away"),
    "specialist": _("Brought in somebody who can help"),
    "files_claim": _("Asked for administrator and case number"),
    "confirms": _("Repeated what was agreed"),
}
BREACHES: Mapping[str, Promise | str] = {
    "arrest": _("Threatened with police or crime: never allowed"),
    "intimidation": _("Intimidated the customer: never allowed"),
    "third_party": _("Threatened to tell others: never allowed"),
    "abuse": _("Insulted the customer: never allowed"),
    "seizure": _("Threatened with seizure without a judgment"),
    "suit": _("Threatened with court in a call"),
    "must_pay": _("Put up an ultimatum"),
    "pressure": _("Pressed for money at once"),
    "asked_though_disputed": _("Asked for money that is disputed: find out first"),
    "asked_though_insolvent": _("Asked an insolvent customer for money: file the claim instead"),
    "asked_though_ceased": _("Asked for money though the customer wants no more calls"),
    "asked_though_vulnerable": _("Asked for money though the customer is not well"),
    "cold": _("Insults end every conversation"),
    "dismissive": _("Brushed the customer aside"),
    "gives_in": _("Gave something away without being allowed to"),
}
OUTCOMES: Mapping[str, Promise | str] = {
    "promised": _("The customer promised to pay."),
    "will_see": _("The customer will see, and nothing is agreed."),
    "hung_up": _("The customer hung up."),
    "case_opened": _("The dispute is taken up, with a day for the answer."),
    "paid_the_rest": _("The customer pays what is not disputed."),
    "hardened": _("The customer went to a lawyer."),
    "claim_filed": _("You know where to file the claim."),
    "knows_little": _("You do not know where to file the claim."),
    "broke_off": _("The customer broke off."),
    "in_writing": _("The customer gets letters only, as it asked for."),
    "agreed_part": _("Two payments are agreed, each with its day."),
    "cooled": _("The customer has calmed down; nothing is agreed."),
    "taken_care": _("The customer is helped, and the pressure is gone."),
    "left_alone": _("The pressure is gone, and the customer was left alone."),
    "pressed": _("The customer was pressed and put the phone down."),
    "in_next_run": _("The whole amount is in the next run."),
    "gave_in": _("Paid, for a discount you must not give."),
    "escalated": _("The customer went over your head."),
    "out_of_time": _("The customer had no more time."),
}


@register.filter
def persona_label(name: str) -> str:
    """Return what a customer to practise with is called."""
    return _told(shipped_personas()[name][0].label) if name in shipped_personas() else name


@register.filter
def persona_scene(name: str) -> str:
    """Return what is known before the call."""
    return _told(shipped_personas()[name][0].scene) if name in shipped_personas() else ""


@register.filter
def curriculum_label(name: str) -> str:
    """Return what a curriculum and its certificate are called."""
    found = shipped_syllabus().curricula.get(name)
    return _told(found.label) if found else name


@register.filter
def quiz_label(name: str) -> str:
    """Return what a quiz is called."""
    found = shipped_syllabus().quizzes.get(name)
    return _told(found.label) if found else name


@register.filter
def part_label(name: str, kind: str) -> str:
    """Return what a part of a curriculum is called."""
    return persona_label(name) if kind == ROLE_PLAY else quiz_label(name)


@register.filter
def dimension_label(dimension: str) -> str:
    """Return what a dimension of the rubric is called."""
    return str(DIMENSIONS[dimension])


@register.filter
def finding_label(rule: str) -> str:
    """Return what a rule of the rubric found."""
    return str(MERITS.get(rule) or BREACHES.get(rule) or rule)


@register.filter
def call_outcome(outcome: str) -> str:
    """Return how a call ended."""
    return str(OUTCOMES.get(outcome, outcome))


@register.filter
def call_status(status: str) -> str:
    """Return whether a call goes on."""
    return str(RolePlay.Status(status).label)


def _told(texts: Mapping[str, str]) -> str:
    """Return the text in the reader's language, English where there is none."""
    return texts.get((get_language() or "en")[:2], texts["en"])


@register.filter
def day_before(day: date) -> date:
    """Return the last day on which something good until then is good."""
    return day - timedelta(days=1)


@register.filter
def first_open(parts: Sequence[CurriculumPart]) -> CurriculumPart | None:
    """Return the part of a curriculum to go on with, None where all are passed."""
    return next((part for part in parts if part.passed_on is None), None)


@register.filter
def unlocked_by(unlocked: Mapping[str, frozenset[str]], certificate: str) -> list[str]:
    """Return the acts that the authority policy asks a certificate for, in order."""
    return sorted(unlocked.get(certificate, ()))


@register.filter
def at(choices: tuple[str, ...], index: int) -> str:
    """Return the choice at an index."""
    return choices[index]
