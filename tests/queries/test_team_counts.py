"""What people share, decide and learn is read by as many queries for three rows as for one."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.meetings import carry_out_decision
from dunwell.actions.workforce import record_absence
from dunwell.models import MeetingDecision, RolePlay, Survey, Voice
from dunwell.queries.absence_cover import cover_choices, cover_page
from dunwell.queries.colleagues import colleagues
from dunwell.queries.curricula import curriculum_rows, learner_rows
from dunwell.queries.duties import duty_rows
from dunwell.queries.hand_offs import OVER, hand_off_reader, hand_off_rows
from dunwell.queries.meetings import meeting_decision_rows, meeting_detail, meeting_rows
from dunwell.queries.mentions import mention_rows
from dunwell.queries.recognition import held_back_rows, words_of_day
from dunwell.queries.role_plays import role_play_detail, role_play_rows
from dunwell.queries.stuck_money import agenda_points, agenda_rows, stuck_item_rows
from dunwell.queries.team_sections import decided, goals, stuck
from dunwell.queries.voices import unheard_rows, voice_rows
from tests.actions.desk import acting
from tests.actions.escalation_rows import owing
from tests.api.meeting_books import keep_meetings
from tests.api.share_books import keep_shared
from tests.api.training_books import keep_training
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}


def kept(company, manager, tag):
    """One record more of everything."""
    on = {"today": TODAY, "at": AT}
    person = add_user(company, f"p{tag}", "collector")
    keys = keep_meetings(company, person, tag, **on) | keep_shared(company, person, tag, **on)
    keys |= keep_training(company, person, **on)
    carry_out_decision(
        actor=acting(person), decision=MeetingDecision.objects.latest("pk"), outcome="paid", **ON
    )
    owing(add_customer(company, f"LATE{tag}"), number=f"L{tag}")
    Voice.objects.create(
        company=company, author=person, text=f"one form less {tag}", said_on=TODAY, recorded_at=AT
    )
    away = record_absence(
        actor=acting(manager), user=person, kind="sick", from_on=TODAY,
        until_on=TODAY + timedelta(days=1), cover=manager, **ON,
    )  # fmt: skip
    return {**keys, "absence": away.pk, "person": person}


def reads(company, manager, keys):
    """Each thing that is read, by a name."""
    reader = hand_off_reader(
        company, user_id=manager.pk, roles=frozenset({"credit_manager"}), as_of=TODAY
    )
    person = keys["person"]
    items = [part for point in agenda_points(company, as_of=TODAY) for part in point.items]
    return {
        "hand-offs": lambda: hand_off_rows(company, reader, **ON),
        "hand-offs over": lambda: hand_off_rows(company, reader, scope=OVER, **ON),
        "mentions": lambda: mention_rows(
            company, user_id=person.pk, person=person.username, scope="all", may_read_notes=True,
            **ON,
        ),
        "duties": lambda: duty_rows(company, as_of=TODAY),
        "colleagues": lambda: colleagues(company),
        "cover": lambda: cover_page(company, keys["absence"], as_of=TODAY),
        "cover choices": lambda: cover_choices(company, person, first=TODAY, last=TODAY),
        "agenda": lambda: agenda_rows(company, as_of=TODAY),
        "stuck items": lambda: stuck_item_rows(company, items),
        "meetings": lambda: meeting_rows(company),
        "meeting": lambda: meeting_detail(company, keys["meeting_id"], as_of=TODAY),
        "decisions": lambda: meeting_decision_rows(company, as_of=TODAY),
        "suggestions": lambda: voice_rows(company),
        "unheard": lambda: unheard_rows(company),
        "words": lambda: words_of_day(company, as_of=TODAY),
        "held back": lambda: held_back_rows(
            company, viewer_id=None, is_lead=True, as_of=TODAY
        ),
        "stuck section": lambda: stuck(company, TODAY),
        "decided section": lambda: decided(company, TODAY),
        "goals section": lambda: goals(company, TODAY),
        "curricula": lambda: curriculum_rows(
            company, person.pk, roles=frozenset({"collector"}), as_of=TODAY
        ),
        "learners": lambda: learner_rows(company, as_of=TODAY),
        "calls": lambda: role_play_rows(company),
        "call": lambda: role_play_detail(company, keys["role_play_id"]),
    }  # fmt: skip


def counted(company, manager, keys):
    told = {}
    for name, read in reads(company, manager, keys).items():
        with CaptureQueriesContext(connection) as found:
            read()
        told[name] = len(found)
    return told


def test_one_of_each_and_three_are_read_by_the_same_queries(company, manager):
    one = counted(company, manager, kept(company, manager, "A"))
    for tag in ("B", "C"):
        keys = kept(company, manager, tag)
    assert counted(company, manager, keys) == one
    assert (RolePlay.objects.count(), Survey.objects.count()) == (3, 3)
    assert max(one.values()) < 25


def test_of_many_decisions_those_that_wait_are_told_first_and_then_the_latest(
    company, manager, monkeypatch
):
    monkeypatch.setattr("dunwell.queries.meetings.MOST_DECISIONS", 3)
    keys = keep_meetings(company, manager, today=TODAY, at=AT)
    days = {"old": TODAY - timedelta(days=9), "new": TODAY - timedelta(days=1), "waits": None}
    for text, done_on in days.items():
        MeetingDecision.objects.create(
            meeting_id=keys["meeting_id"], company=company, text=text, owner=manager,
            due_on=TODAY, done_on=done_on, done_by="mona", outcome=text, recorded_at=AT,
        )  # fmt: skip
    told = [row.text for row in meeting_decision_rows(company, as_of=TODAY)]
    assert told == ["visit them", "waits", "new"]
