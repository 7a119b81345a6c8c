"""How people work together in the demo: mentions, hand-offs, escalations, meetings.

Every scene is played once, whole or not at all, and looks for what it made before, so a killed
call goes on. Practised calls and the assistant's talks are among them.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from dunwell.actions.assistant_talks import begin_talk, save_assistant_setting
from dunwell.actions.case_comments import comment_case
from dunwell.actions.escalations import raise_escalation
from dunwell.actions.gate import debtor
from dunwell.actions.hand_offs import ask_hand_off
from dunwell.actions.meetings import carry_out_decision, decide_in_meeting, hold_meeting
from dunwell.actions.policies import draft_policy, publish_policy
from dunwell.actions.quizzes import begin_quiz, hand_in_quiz
from dunwell.actions.role_plays import begin_role_play, say_in_role_play
from dunwell.actions.voices import say_voice, take_up_voice
from dunwell.demo.customers import LEAD
from dunwell.demo.training_calls import CALLS, QUESTIONS
from dunwell.engine.assistant_intents import Understood
from dunwell.jobs.assistant import answer
from dunwell.jobs.demo_credit_desk import ANALYST, CreditDesk, open_desk, played
from dunwell.models import (
    AssistantConversation,
    CaseComment,
    Company,
    Escalation,
    HandOff,
    Initiative,
    Meeting,
    PolicyVersion,
    PortalSeat,
    RolePlay,
    User,
    Voice,
)
from dunwell.queries.stuck_money import agenda_points

SMALL, PLAIN_STEP = "small", "channel: email, template: second_reminder, fallback: letter"
"""The strategy whose second reminder becomes a follow-up of the assistant, and what it was."""

PRACTISED = {"anna": 340, "ben": 400}
"""So many days ago they took the certificate of first calls: one ends soon, one has ended."""


def play_teamwork(company: Company, *, as_of: date, at: datetime) -> int:
    """Play every scene that was not played yet; return how many were, 0 in a small ledger."""
    desk = open_desk(company, as_of=as_of, at=at)
    if desk is None or not desk.debtors:
        return 0
    return played(desk, _SCENES)


def _person(username: str) -> User:
    return User.objects.get(username=username)


def _customers_ask_the_assistant(desk: CreditDesk) -> bool:
    """Let two customers talk with the assistant, in English and in German; one is handed over."""
    if desk.has(AssistantConversation):
        return False
    save_assistant_setting(actor=desk.actor(LEAD), version=0, is_on=True, at=desk.at)
    seats = PortalSeat.objects.filter(company=desk.company, ended_on=None).order_by("pk")
    for seat, (language, texts) in zip(seats, QUESTIONS.items(), strict=False):
        talk = begin_talk(actor=debtor(seat), seat=seat, language=language, **desk.when)
        for number, (text, intent) in enumerate(texts, 1):
            read = Understood(
                intent=intent, confidence_ppm=1_000_000, is_sure=True, language=language
            )
            answer(talk, text, key=f"demo-{number}", at=desk.at, read=read)
    return True


def _small_customers_are_followed_up(desk: CreditDesk) -> bool:
    """Let the second reminder of small customers lead to the assistant, from tomorrow on."""
    versions = PolicyVersion.objects.filter(company=desk.company, name=SMALL, kind="strategy")
    last = versions.order_by("-version").first()
    if last is None or PLAIN_STEP not in last.text:
        return False
    day = desk.as_of + timedelta(days=1)
    text = last.text.replace(PLAIN_STEP, "channel: dialogue").replace(
        f"valid_from: {last.valid_from.isoformat()}", f"valid_from: {day.isoformat()}"
    )
    lead = desk.actor(LEAD)
    version = draft_policy(actor=lead, text=text, at=desk.at)
    publish_policy(actor=lead, version=version, **desk.when)
    return True


def _calls_are_practised(desk: CreditDesk) -> bool:
    """Let Anna and Ben pass what the certificate of first calls asks for, about a year ago."""
    if desk.has(RolePlay):
        return False
    for username, days in PRACTISED.items():
        actor, gone_by = desk.actor(username), timedelta(days=days)
        when: dict[str, Any] = {"as_of": desk.as_of - gone_by, "at": desk.at - gone_by}
        for persona, sentences in CALLS.items():
            play = begin_role_play(actor=actor, persona=persona, language="en", **when)
            for version, text in enumerate(sentences):
                play = say_in_role_play(
                    actor=actor, role_play=play, text=text, version=version, **when
                )
        sitting = begin_quiz(actor=actor, quiz="contact_hours", **when)
        choices = [one["right"] for one in sitting.questions]
        hand_in_quiz(actor=actor, sitting=sitting, choices=choices, **when)
    return True


def _colleague_is_mentioned(desk: CreditDesk) -> bool:
    """Let Anna call Lea about a customer."""
    if desk.has(CaseComment):
        return False
    text = f"@{LEAD} they ask for thirty days more, and they have kept every promise so far."
    comment_case(actor=desk.actor("anna"), customer=desk.debtors[0], text=text, **desk.when)
    return True


def _work_is_handed_off(desk: CreditDesk) -> bool:
    """Let Ben ask the credit desk for a look; nobody has taken it on yet."""
    if desk.has(HandOff):
        return False
    ask_hand_off(
        actor=desk.actor("ben"),
        customer=desk.debtors[0],
        to_desk=HandOff.Desk.CREDIT,
        to_user=_person(ANALYST),
        what="Please look at the limit before the next order.",
        context="The customer buys more and pays later.",
        **desk.when,
    )
    return True


def _matter_is_put_higher(desk: CreditDesk) -> bool:
    """Let Ben escalate a delivery that nobody explains; the clock runs."""
    if Escalation.objects.filter(company=desk.company, kind=Escalation.Kind.SERVICE).exists():
        return False
    raise_escalation(
        actor=desk.actor("ben"),
        customer=desk.debtors[-1],
        kind=Escalation.Kind.SERVICE,
        reason="Two deliveries came late, and the customer pays nothing until it is explained.",
        **desk.when,
    )
    return True


def _stuck_money_is_met_about(desk: CreditDesk) -> bool:
    """Hold the meeting of the day: one decision is open, one was carried out."""
    points = agenda_points(desk.company, as_of=desk.as_of)
    if desk.has(Meeting) or not points:
        return False
    lead = desk.actor(LEAD)
    meeting = hold_meeting(actor=lead, name="Stuck money", points=points, **desk.when)
    decide_in_meeting(
        actor=lead,
        meeting=meeting,
        point=meeting.points.order_by("rank").first(),
        text="Call the managing director and agree on a day.",
        owner=_person("anna"),
        due_on=desk.as_of + timedelta(days=7),
        **desk.when,
    )
    done = decide_in_meeting(
        actor=lead,
        meeting=meeting,
        text="Send the list of late deliveries to logistics.",
        owner=_person("ben"),
        due_on=desk.as_of,
        **desk.when,
    )
    carry_out_decision(
        actor=desk.actor("ben"),
        decision=done,
        outcome="Sent; they answer by Friday.",
        **desk.when,
    )
    return True


def _things_are_suggested(desk: CreditDesk) -> bool:
    """Let Anna and Ben suggest something; an improvement that runs takes up Anna's."""
    if desk.has(Voice):
        return False
    asked = say_voice(
        actor=desk.actor("anna"),
        text="Leave customers alone who always pay on their own.",
        is_named=True,
        **desk.when,
    )
    say_voice(
        actor=desk.actor("ben"),
        text="Put the delivery note beside the invoice; half of my calls ask for it.",
        is_named=False,
        **desk.when,
    )
    running = Initiative.objects.filter(company=desk.company, status=Initiative.Status.RUNNING)
    if (initiative := running.first()) is not None:
        take_up_voice(
            actor=desk.actor(LEAD),
            voice=asked,
            initiative=initiative,
            answer="We try it with a tenth of the customers.",
            at=desk.at,
        )
    return True


_SCENES: tuple[Callable[[CreditDesk], bool], ...] = (
    _customers_ask_the_assistant,
    _small_customers_are_followed_up,
    _calls_are_practised,
    _colleague_is_mentioned,
    _work_is_handed_off,
    _matter_is_put_higher,
    _stuck_money_is_met_about,
    _things_are_suggested,
)
