"""Hand-overs of the assistant: what a clerk is told of a talk, and the customer's own words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from dunwell.models import AssistantConversation
from dunwell.queries.portal_account import AccountFigures, account_figures

LONGEST_WORDS = 7_500
"""Characters of a customer's words that are handed over, below the portal's longest message."""

INTENT_OF = {"contact": "contact_change"}
"""The intent by which a tool is called, where the names differ."""

SAY_NOTHING = frozenset({"yes", "no", "cancel", "thanks", "greeting", "unknown"})
"""Intents of texts that say nothing of what a talk is about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOver:
    """What a clerk is told of a talk that a person goes on with; codes, worded by the page.

    `reason` is why, `wanted` the intents of its texts in their order, `done` those that were done
    after a yes, `balances` what the customer owes on the day it is read. What was known then
    stands with each turn of the talk.
    """

    talk_id: int
    reason: str
    wanted: tuple[str, ...]
    done: tuple[str, ...]
    balances: tuple[AccountFigures, ...]
    at: datetime


def hand_overs_of(conversation_id: int, *, as_of: date) -> tuple[HandOver, ...]:
    """Return what the assistant handed over into a conversation or one merged into it.

    The oldest first; two queries, and those of the balances of each customer.
    """
    found = AssistantConversation.objects.filter(
        Q(handed_to=conversation_id) | Q(handed_to__merged_into=conversation_id)
    )
    found = found.select_related("customer__company").prefetch_related("said_turns")
    talks = list(found.order_by("pk"))
    owing = {talk.customer_id: talk.customer for talk in talks}
    balances = {key: account_figures(one, as_of=as_of) for key, one in owing.items()}
    return tuple(_hand_over(talk, balances[talk.customer_id]) for talk in talks)


def own_words(talk: AssistantConversation, text: str) -> str:
    """Return what the customer wrote in a talk and now writes, a paragraph each.

    The newest are kept where all do not fit. Nothing of the assistant's is in it.
    """
    kept, room = [text], LONGEST_WORDS - len(text)
    for before in talk.said_turns.order_by("-number").values_list("text", flat=True):
        room -= len(before) + 2
        if room < 0:
            break
        kept.insert(0, before)
    return "\n\n".join(kept)


def _hand_over(talk: AssistantConversation, balances: tuple[AccountFigures, ...]) -> HandOver:
    turns = sorted(talk.said_turns.all(), key=lambda one: one.number)
    return HandOver(
        talk_id=talk.pk,
        reason=talk.reason,
        wanted=_once(one.intent for one in turns if one.intent not in SAY_NOTHING),
        done=_once(INTENT_OF.get(one.tool, one.tool) for one in turns if one.subject),
        balances=balances,
        at=talk.last_at,
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
