"""Training on what the team accepted: what is learned, judged, kept, promoted and taken back."""

from datetime import timedelta

import pytest
import time_machine

from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.intent_models import (
    TrainedReader,
    promote_intent_model,
    record_intent_model,
    retire_intent_model,
)
from dunwell.jobs.intents import train_reader
from dunwell.jobs.reading import serving_reader
from dunwell.ml.intents.shipped import shipped_version
from dunwell.models import InboundDecision, IntentModel
from dunwell.queries.intent_models import accepted_messages, reader_page
from tests.actions.desk import acting, last_event, verbs
from tests.api.reader_books import trained
from tests.conftest import AT
from tests.jobs.test_reading import came
from tests.ml.intents.small import small_lessons


def decided(inbound, *labels, verdict="accepted", at=AT):
    for label in labels:
        InboundDecision.objects.create(
            inbound=inbound, verdict=verdict, label=label, by="cora", recorded_at=at
        )


def train(company, user=None, told=None):
    heard = [] if told is None else told
    with time_machine.travel(AT, tick=False):
        return train_reader(
            company.pk,
            user_id=user.pk if user else None,
            lessons=small_lessons(),
            tell=lambda stage, ppm: heard.append((stage, ppm)),
        )


def test_a_message_counts_with_all_that_was_accepted_and_a_correction_replaces_it(company):
    both, put_right = came(company, "paid half, rest Friday"), came(company, "no way")
    decided(both, "promise", "paid_already")
    decided(put_right, "promise")
    decided(put_right, "dispute", verdict="corrected")
    decided(came(company, "aha"), "dispute", verdict="dismissed")
    decided(came(company, " "), "dispute")

    assert sorted(
        (one.message.text, one.message.labels) for one in accepted_messages(company)
    ) == [
        ("no way", ("dispute",)),
        ("paid half, rest Friday", ("paid_already", "promise")),
    ]


def test_what_the_team_accepted_is_learned_and_waits_for_a_second_person(company, manager, admin):
    decided(came(company, "flurb zork"), "hardship")
    told = []
    model = train(company, manager, told)

    assert (model.by, model.messages, model.accepted, model.promoted_at) == ("mona", 13, 1, None)
    assert model.card["learned_from"] == {"messages": 12, "phrases": 0, "own": 1}
    assert model.card["own"] is None
    assert [stage for stage, _ in told] == ["read", "test", "test", "test", "test", "record"]
    assert [ppm for _, ppm in told] == sorted(ppm for _, ppm in told)
    assert serving_reader(company)[0] == shipped_version()

    with pytest.raises(Refused, match="somebody else"):
        promote_intent_model(actor=acting(manager), model=model, reason="mine", at=AT)
    promote_intent_model(actor=acting(admin), model=model, reason="knows flurb", at=AT)

    version, reader = serving_reader(company)
    assert version == model.version
    assert reader.read("flurb zork").label == "hardship"
    assert verbs(company) == ["reader.trained", "reader.promoted"]


def test_the_same_messages_trained_again_are_the_same_reader(company, manager):
    decided(came(company, "flurb zork"), "hardship")

    assert train(company, manager).pk == train(company).pk
    assert IntentModel.objects.count() == 1


def test_without_labelled_messages_or_the_right_nothing_is_trained(company, collector):
    with pytest.raises(Refused, match="Nobody has labelled a message yet"):
        train(company)
    with pytest.raises(Forbidden):
        train(company, collector)


def test_a_reader_that_does_worse_needs_a_reason(company, manager):
    worse = trained(0)
    worse = TrainedReader(
        version=worse.version, artifact=worse.artifact, card={**worse.card, "is_worse": True},
        messages=8, accepted=1,
    )  # fmt: skip
    model = record_intent_model(actor=system(company), trained=worse, at=AT)

    with pytest.raises(Refused, match="does better than this reader"):
        promote_intent_model(actor=acting(manager), model=model, at=AT)
    promote_intent_model(actor=acting(manager), model=model, reason="knows our words", at=AT)

    assert last_event(company)[3]["reason"] == "knows our words"


def test_one_reader_serves_at_a_time_and_can_be_taken_back(company, manager):
    first = record_intent_model(actor=system(company), trained=trained(0), at=AT)
    second = record_intent_model(actor=system(company), trained=trained(1), at=AT)
    boss, later = acting(manager), AT + timedelta(hours=1)
    promote_intent_model(actor=boss, model=first, at=AT)
    with pytest.raises(Refused, match="serves already"):
        promote_intent_model(actor=boss, model=first, at=AT)
    promote_intent_model(actor=boss, model=second, at=later)
    promote_intent_model(actor=boss, model=first, at=later)

    assert [row.status for row in reader_page(company).rows] == ["retired", "serving"]

    with pytest.raises(Refused, match="does not serve"):
        retire_intent_model(actor=boss, model=second, reason="odd", at=later)
    with pytest.raises(Refused, match="Say why"):
        retire_intent_model(actor=boss, model=first, reason=" ", at=later)
    retire_intent_model(actor=boss, model=first, reason="odd readings", at=later)

    assert reader_page(company).serving == "shipped"
    assert last_event(company)[0] == "reader.retired"


def test_bytes_of_another_release_never_serve(company, manager):
    odd = TrainedReader(version="x" * 64, artifact=b"PK", card={}, messages=1, accepted=1)
    model = record_intent_model(actor=system(company), trained=odd, at=AT)

    with pytest.raises(Refused, match="another release"):
        promote_intent_model(actor=acting(manager), model=model, at=AT)


def test_a_reader_of_another_company_is_refused(company, rival, manager):
    model = record_intent_model(actor=system(acting(rival).company), trained=trained(0), at=AT)

    with pytest.raises(Refused, match="another company"):
        promote_intent_model(actor=acting(manager), model=model, at=AT)
