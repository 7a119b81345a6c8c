"""One record alone: a mention, a duty, a suggestion and a certificate, and to whom each is shown."""

import time_machine

from dunwell.actions.certificates import revoke_certificate
from dunwell.models import Certificate
from tests.actions.desk import acting
from tests.api.conftest import add_token
from tests.api.meeting_books import keep_meetings
from tests.api.share_books import keep_shared
from tests.api.training_books import keep_training
from tests.conftest import AT, TODAY


@time_machine.travel(AT, tick=False)
def test_one_mention_duty_or_suggestion_is_shown_as_its_list_shows_it(
    company, manager, as_collector, as_manager, as_rival
):
    ids = keep_shared(company, manager, today=TODAY, at=AT)
    ids |= keep_meetings(company, manager, today=TODAY, at=AT)
    mention = f"/mentions/{ids['mention_id']}"
    (listed,) = as_manager.get("/mentions").json()["rows"]
    assert as_manager.get(mention).json() == listed
    assert (listed["text"], listed["may_acknowledge"]) == (f"@{manager.username} look", True)
    assert as_collector.get(mention).status_code == 403
    assert as_manager.post(f"{mention}/seen", {}).status_code == 200
    seen = as_manager.get(mention).json()
    assert (seen["acknowledged_at"], seen["may_acknowledge"]) == ("2026-03-05T09:00:00Z", False)

    duty = f"/team/duties/{ids['duty_id']}"
    assert as_collector.get(duty).json() == as_collector.get("/team/duties").json()[0]
    assert as_manager.post(f"{duty}/end", {}).status_code == 200
    assert as_collector.get(duty).status_code == 404

    said = f"/suggestions/{ids['voice_id']}"
    assert as_collector.get(said).json() == as_collector.get("/suggestions").json()["rows"][0]
    assert as_collector.get(said).json()["text"] == "fewer forms"
    for path in (mention, duty, said):
        assert as_rival.get(path).status_code == 404


@time_machine.travel(AT, tick=False)
def test_a_learner_sees_the_own_certificates_and_a_lead_those_of_all(
    company, collector, manager, rival
):
    mine = add_token(collector, company, rights=["training.take"])
    other = add_token(manager, company, rights=["training.take"])
    lead = add_token(manager, company, name="lead", rights=["training.take", "training.lead"])
    stranger = add_token(rival, rival.memberships.first().company, rights=["training.take"])
    key = keep_training(company, collector, today=TODAY, at=AT)["certificate_id"]
    path = f"/training/certificates/{key}"
    of_learner = f"/training/certificates?user_id={collector.pk}"

    (held,) = mine.get("/training/certificates").json()
    assert (held["id"], held["kind"], held["is_good"]) == (key, "first_calls", True)
    assert mine.get(path).json() == mine.get(of_learner).json()[0] == held
    assert lead.get(path).json() == lead.get(of_learner).json()[0] == held
    assert lead.get("/training/certificates").json() == []
    assert (other.get(path).status_code, other.get(of_learner).status_code) == (403, 403)
    assert stranger.get(path).status_code == 404

    revoke_certificate(
        actor=acting(manager), certificate=Certificate.objects.get(pk=key), reason="a mistake",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    taken = mine.get(path).json()
    assert (taken["revoked_on"], taken["is_good"]) == (str(TODAY), False)
