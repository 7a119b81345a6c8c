"""Training on pages: a call from beginning to points, a quiz, a certificate, and what a lead sees."""

from django.utils.html import escape

from dunwell.models import Certificate, QuizSitting, RolePlay
from tests.engine.role_play_calls import GOOD_CALLS


def call(client, persona, language="en"):
    """The page of a call that was played well."""
    form = {"persona": persona, "language": language}
    address = client.post("/training/calls/begin/", form)["Location"]
    for version, text in enumerate(GOOD_CALLS[persona, language]):
        answer = client.post(address, {"text": text, "version": version})
        assert answer["Location"] == f"{address}#newest"
    return address


def test_a_collector_practises_sits_a_quiz_and_is_certified(
    come_in, company, manager, collector, rival
):
    client = come_in(manager)
    form = {"user": collector.pk, "curriculum": "first_calls", "due_on": "2026-02-01"}
    wrong = client.post("/training/people/ask/", form)
    assert (wrong.status_code, "in the past" in wrong.text) == (422, True)
    client.post("/training/people/ask/", {**form, "due_on": "2027-02-01"})

    client = come_in(collector)
    home = client.get("/training/").text
    assert "First calls" in home and "Ms Novak keeps the books" in home
    assert client.get("/training/people/").status_code == 403
    assert client.post("/training/calls/begin/", {"persona": "nobody"}).status_code == 422
    begun = client.post("/training/calls/begin/", {"persona": "disputing", "language": "de"})
    empty = client.post(begun["Location"], {"text": " ", "version": 0})
    assert empty.status_code == 422
    stale = client.post(begun["Location"], {"text": "Guten Tag, Kim", "version": 5})
    assert (stale.status_code, "Guten Tag, Kim" in stale.text) == (422, True)
    play = RolePlay.objects.get()
    assert client.post(f"/training/calls/{play.pk}/give-up/")["Location"] == "/training/"
    call(client, "disputing", "de")
    told = client.get(call(client, "forgetful")).text
    assert "The customer promised to pay." in told
    assert "Said who is calling, and from where" in told and "this is Kim from N" in told

    address = client.post("/training/quizzes/begin/", {"quiz": "contact_hours"})["Location"]
    assert client.post(address, {"q1": "0"}).status_code == 422
    sitting = QuizSitting.objects.get()
    answers = {f"q{n}": one["right"] for n, one in enumerate(sitting.questions, 1)}
    assert client.post(address, answers)["Location"] == address
    told = client.get(address).text
    assert "100 of 100 points" in told
    for one in sitting.questions:
        assert f'/contact-rules/#{one["rule"]}"' in told and escape(one["source"]) in told
    assert "good until" in client.get("/training/").text

    assert len(client.get("/training/calls/export.csv").text.splitlines()) == 4
    assert client.get("/training/people/calls.csv").status_code == 403

    held = Certificate.objects.get()
    client = come_in(manager)
    assert collector.username in client.get("/training/people/calls.csv").text
    assert len(client.get("/training/calls/export.csv").text.splitlines()) == 1
    assert client.get(address).status_code == 404
    assert client.get(f"/training/calls/{play.pk}/").status_code == 200
    assert "First calls" in client.get("/training/people/").text
    assert "First calls" in client.get("/training/people/export.csv").text
    revoke = f"/training/certificates/{held.pk}/revoke/"
    assert client.post(revoke, {"reason": " "}).status_code == 422
    assert client.post(revoke, {"reason": "cheated"})["Location"] == "/training/people/"
    Certificate.objects.create(
        company=company, user=collector, kind="hard_calls", issued_on="2025-01-01",
        expires_on="2026-01-01", recorded_at=held.recorded_at,
    )  # fmt: skip
    assert "expired on" in client.get("/training/people/").text
    home = come_in(collector).get("/training/").text
    assert "expired on" in home and 'Renew<span class="visually-hidden">: Hard calls' in home
    assert '<a href="#role_play-insolvent">' in home and 'id="role_play-insolvent"' in home
    other = come_in(rival)
    for path in (revoke, f"/training/calls/{play.pk}/", address):
        assert other.get(path).status_code in {403, 404}
