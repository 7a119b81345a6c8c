"""Calls practised, quizzes, and the certificates that come of them, for a time."""

from datetime import timedelta

import pytest

from dunwell.actions.certificates import (
    assign_curriculum,
    award_certificates,
    end_assignment,
    revoke_certificate,
)
from dunwell.actions.gate import Forbidden, Refused, Stale
from dunwell.actions.quizzes import MOST_A_DAY, begin_quiz, hand_in_quiz
from dunwell.actions.role_plays import abandon_role_play, begin_role_play, say_in_role_play
from dunwell.models import Certificate, CurriculumAssignment, Event, RolePlay, RolePlayTurn
from dunwell.queries.certificates import certificates_held
from dunwell.queries.curricula import curriculum_rows, learner_rows
from dunwell.queries.role_plays import role_play_detail
from tests.actions.desk import acting
from tests.conftest import AT, TODAY
from tests.engine.role_play_calls import GOOD_CALLS

ON = {"as_of": TODAY, "at": AT}


def played(person, persona, language="en", **on):
    """A call played to its end as it is played well."""
    on = on or ON
    play = begin_role_play(actor=acting(person), persona=persona, language=language, **on)
    for version, text in enumerate(GOOD_CALLS[persona, language]):
        play = say_in_role_play(
            actor=acting(person), role_play=play, text=text, version=version, **on
        )
    return play


def sat(person, quiz, wrong=0, **on):
    """A quiz handed in with so many wrong answers."""
    on = on or ON
    sitting = begin_quiz(actor=acting(person), quiz=quiz, **on)
    choices = [
        (one["right"] + (number < wrong)) % len(one["choices"])
        for number, one in enumerate(sitting.questions)
    ]
    return hand_in_quiz(actor=acting(person), sitting=sitting, choices=choices, **on)


def test_a_curriculum_passed_gives_a_certificate_that_ends_what_was_asked_and_expires(
    company, manager, collector
):
    assign_curriculum(
        actor=acting(manager), user=collector, curriculum="first_calls", due_on=TODAY, **ON
    )
    for persona in ("forgetful", "disputing"):
        play = played(collector, persona)
        assert (play.status, play.is_passed) == ("ended", True)
    assert not sat(collector, "contact_hours", wrong=2).is_passed
    assert Certificate.objects.count() == 0
    assert sat(collector, "contact_hours", wrong=1).points == 80

    held = Certificate.objects.get()
    assert (held.kind, held.expires_on) == ("first_calls", TODAY + timedelta(days=365))
    assert len(held.proof) == 3
    assert CurriculumAssignment.objects.get().ended_on == TODAY
    assert award_certificates(actor=acting(collector), **ON) == ()
    last = TODAY + timedelta(days=364)
    for day, kinds in (
        (last, {"first_calls"}),
        (last + timedelta(days=1), set()),
        (TODAY - timedelta(days=1), set()),
    ):
        assert certificates_held(company, collector.pk, as_of=day) == kinds, day

    later = {"as_of": TODAY + timedelta(days=30), "at": AT}
    sat(collector, "contact_hours", **later)
    assert Certificate.objects.count() == 1, "one part alone renews nothing"
    for persona in ("forgetful", "disputing"):
        played(collector, persona, **later)
    assert Certificate.objects.count() == 2

    newest = Certificate.objects.order_by("-id")[0]
    with pytest.raises(Forbidden):
        revoke_certificate(actor=acting(collector), certificate=newest, reason="x", **later)
    revoke_certificate(actor=acting(manager), certificate=newest, reason="cheated", **later)
    with pytest.raises(Refused, match="not good any more"):
        revoke_certificate(actor=acting(manager), certificate=newest, reason="x", **later)
    assert certificates_held(company, collector.pk, as_of=TODAY + timedelta(days=29)) == {
        "first_calls"
    }
    told = Event.objects.filter(company=company).values_list("verb", flat=True)
    assert {
        "certificate.issued", "certificate.revoked", "curriculum.assigned", "quiz.begun",
        "quiz.handed_in", "role_play.begun", "role_play.ended",
    } <= set(told)  # fmt: skip


def test_a_call_is_its_owner_s_and_every_sentence_is_said_once(company, manager, collector):
    play = begin_role_play(actor=acting(collector), persona="hostile", language="de", **ON)
    again = begin_role_play(actor=acting(collector), persona="hostile", language="en", **ON)
    assert again.pk == play.pk
    first = {"role_play": play, "text": "Hier ist Kim von Northwind.", "version": 0}
    with pytest.raises(Forbidden, match="somebody else"):
        say_in_role_play(actor=acting(manager), **first, **ON)
    say_in_role_play(actor=acting(collector), **first, **ON)
    with pytest.raises(Stale):
        say_in_role_play(actor=acting(collector), **first, **ON)
    assert RolePlayTurn.objects.count() == 3
    bad = {"role_play": play, "text": "Sie Lügner, ich rufe Ihren Chef an!", "version": 1}
    ended = say_in_role_play(actor=acting(collector), **bad, **ON)
    assert (ended.outcome, ended.is_passed, ended.compliance_points) == ("hung_up", False, 10)
    detail = role_play_detail(company, play.pk)
    found = {one.rule: one.quote for one in detail.turns[3].findings}
    assert found["abuse"] == "Lügner" and "Chef" in found["third_party"]
    assert "feelings" in {one.rule for one in detail.missing}
    with pytest.raises(Refused, match="has ended"):
        say_in_role_play(actor=acting(collector), **{**bad, "version": 2}, **ON)

    other = begin_role_play(actor=acting(collector), persona="forgetful", language="de", **ON)
    RolePlay.objects.filter(pk=other.pk).update(persona_sha="of an older script")
    with pytest.raises(Refused, match="script was changed"):
        say_in_role_play(actor=acting(collector), role_play=other, text="Hallo", version=0, **ON)
    abandon_role_play(actor=acting(collector), role_play=other, **ON)
    assert RolePlay.objects.get(pk=other.pk).total_points is None


def test_a_quiz_is_handed_in_once_and_guessed_at_only_so_often(company, manager, collector):
    sitting = begin_quiz(actor=acting(collector), quiz="contact_words", **ON)
    assert begin_quiz(actor=acting(collector), quiz="contact_words", **ON).pk == sitting.pk
    one = {"sitting": sitting, **ON}
    with pytest.raises(Forbidden):
        hand_in_quiz(actor=acting(manager), choices=[0] * 5, **one)
    for choices, why in (([0], "all 5"), ([99] * 5, "one of the answers")):
        with pytest.raises(Refused, match=why):
            hand_in_quiz(actor=acting(collector), choices=choices, **one)
    hand_in_quiz(actor=acting(collector), choices=[0] * 5, **one)
    with pytest.raises(Refused, match="already"):
        hand_in_quiz(actor=acting(collector), choices=[0] * 5, **one)
    drawn = {tuple(one["rule"] for one in sitting.questions)}
    for _ in range(MOST_A_DAY - 1):
        drawn.add(tuple(each["rule"] for each in sat(collector, "contact_words").questions))
    assert len(drawn) > 1
    with pytest.raises(Refused, match="often enough"):
        begin_quiz(actor=acting(collector), quiz="contact_words", **ON)
    with pytest.raises(Refused, match="no such quiz"):
        begin_quiz(actor=acting(collector), quiz="nothing", **ON)


def test_a_lead_asks_the_company_s_own_people_alone(company, manager, collector, rival):
    asked = {"actor": acting(manager), "curriculum": "disputes", **ON}
    with pytest.raises(Refused, match="own people"):
        assign_curriculum(user=rival, due_on=TODAY, **asked)
    with pytest.raises(Refused, match="past"):
        assign_curriculum(user=collector, due_on=TODAY - timedelta(days=1), **asked)
    one = assign_curriculum(user=collector, due_on=TODAY, **asked)
    again = assign_curriculum(user=collector, due_on=TODAY + timedelta(days=7), **asked)
    one.refresh_from_db()
    assert (one.ended_on, again.due_on) == (TODAY, TODAY + timedelta(days=7))
    late = learner_rows(company, as_of=TODAY + timedelta(days=8))
    assert [row.curriculum for row in late if row.is_late] == ["disputes"]
    (mine,) = (
        row
        for row in curriculum_rows(
            company, collector.pk, roles=frozenset({"collector"}), as_of=TODAY
        )
        if row.curriculum == "disputes"
    )
    assert (mine.is_cross, mine.due_on) == (True, TODAY + timedelta(days=7))
    end_assignment(actor=acting(manager), assignment=again, **ON)
    with pytest.raises(Refused, match="ended already"):
        end_assignment(actor=acting(manager), assignment=again, **ON)


@pytest.mark.parametrize("n", [1, 3])
def test_training_is_read_with_as_many_queries_whatever_was_passed(
    company, collector, n, django_assert_num_queries
):
    for persona in ("forgetful", "hostile", "vulnerable")[:n]:
        play = played(collector, persona)
    with django_assert_num_queries(2):
        assert len(role_play_detail(company, play.pk).turns) == 9
    with django_assert_num_queries(5):
        assert learner_rows(company, as_of=TODAY)
    with django_assert_num_queries(4):
        curriculum_rows(company, collector.pk, roles=frozenset({"collector"}), as_of=TODAY)
