from collections import OrderedDict
from datetime import timedelta

import pytest

from dunwell.jobs import day_plans
from dunwell.models import Contact, Feed, Message, PolicyVersion
from tests.actions.ledger_rows import invoice
from tests.actions.test_policies import TEXT, draft, publish
from tests.conftest import AT, TODAY, add_user

STRATEGIES = "/strategies/"
TODAYS = TEXT.replace("2026-03-10", TODAY.isoformat())


@pytest.fixture
def polite(manager, company):
    """The strategy in force, published by a second person."""
    version = draft(manager, TODAYS)
    publish(add_user(company, "second", "credit_manager"), version)
    return PolicyVersion.objects.get(pk=version.pk)


def test_a_strategy_is_shown_as_steps_rules_and_cases(come_in, reader, polite):
    client = come_in(reader)
    page = client.get(f"{STRATEGIES}{polite.pk}/").text
    assert "3 days after due" in page and "14 days after due" in page
    assert "First reminder" in page and "Call script" in page
    assert "all 3 passed" in page and "A reminder on the third day" in page
    assert "in force" in client.get(STRATEGIES).text
    assert "strategy-draft" not in page and "/publish/" not in page


def test_checking_a_text_runs_its_cases_and_writes_nothing(come_in, manager):
    client = come_in(manager)

    good = client.post(f"{STRATEGIES}draft/", {"text": TEXT, "check": "1"})
    assert good.status_code == 200 and "all 3 cases pass" in good.text

    bad = client.post(
        f"{STRATEGIES}draft/", {"text": TEXT.replace("expect: 2", "expect: 1"), "check": "1"}
    )
    assert (
        bad.status_code == 422 and "1 case does not come out" in bad.text and "failed" in bad.text
    )
    assert PolicyVersion.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "words", "line"),
    [
        (TEXT.replace("channel: call", "channel: fax"), "line 7: ", 7),
        (TEXT.replace("  name: polite", "  name: polite\n  name: again"), "line 3: ", 3),
        ("strategy: [", "line ", None),
        ("- a\n", "line 1: ", 1),
    ],
)
def test_what_is_wrong_is_told_with_its_line(come_in, manager, wrong, words, line):
    for button in ("check", "save"):
        page = come_in(manager).post(f"{STRATEGIES}draft/", {"text": wrong, button: "1"})
        assert page.status_code == 422 and words in page.text.lower()
        assert line is None or f'data-line="{line}"' in page.text
    assert PolicyVersion.objects.count() == 0


def test_a_draft_is_kept_and_published_by_a_second_person(come_in, manager, company):
    second = add_user(company, "second", "credit_manager")
    client = come_in(manager)
    answer = client.post(f"{STRATEGIES}draft/", {"text": TEXT.replace("\n", "\r\n"), "save": "1"})
    version = PolicyVersion.objects.get()
    assert answer["Location"] == f"{STRATEGIES}{version.pk}/"
    assert version.text == TEXT
    assert "somebody else has to publish it" in client.get(f"{STRATEGIES}{version.pk}/").text

    own = client.post(f"{STRATEGIES}{version.pk}/publish/")
    assert own.status_code == 422 and "somebody else has to publish it" in own.text

    come_in(second).post(f"{STRATEGIES}{version.pk}/publish/")
    version.refresh_from_db()
    assert (version.status, version.approver) == ("published", "second")


def test_a_draft_is_discarded(come_in, manager):
    version = draft(manager)
    come_in(manager).post(f"{STRATEGIES}{version.pk}/discard/")
    version.refresh_from_db()
    assert version.status == "discarded"


def test_the_dry_run_tells_who_gets_what_who_not_and_what_changes(
    come_in, manager, company, customer, polite
):
    Feed.objects.create(
        company=company, kind="bank", name="b", covers_until_on=TODAY, received_at=AT
    )
    Contact.objects.create(customer=customer, email="a@b.example", recorded_at=AT)
    invoice(
        customer,
        "R1",
        100_00,
        issued_on=TODAY - timedelta(days=40),
        due_on=TODAY - timedelta(days=5),
    )
    newer = draft(
        manager, TODAYS.replace("day: 3,", "day: 6,").replace("past_due: 3,", "past_due: 6,")
    )
    client = come_in(manager)

    now = client.get(f"{STRATEGIES}{polite.pk}/dry-run/").text
    then = client.get(f"{STRATEGIES}{newer.pk}/dry-run/").text

    assert "First reminder" in now and "Acme" in now and "€100" in now
    assert "No customer would be treated otherwise." in now
    assert "Customers treated otherwise" in then and "level 1, email, reminder" in then
    assert Message.objects.count() == 0


def test_the_dry_run_of_a_large_book_is_worked_out_beside_the_page(
    come_in, manager, company, customer, polite, monkeypatch
):
    Feed.objects.create(
        company=company, kind="bank", name="b", covers_until_on=TODAY, received_at=AT
    )
    Contact.objects.create(customer=customer, email="a@b.example", recorded_at=AT)
    due_on = TODAY - timedelta(days=5)
    invoice(customer, "R1", 100_00, issued_on=TODAY - timedelta(days=40), due_on=due_on)
    newer = draft(
        manager, TODAYS.replace("day: 3,", "day: 6,").replace("past_due: 3,", "past_due: 6,")
    )
    client = come_in(manager)
    address = f"{STRATEGIES}{newer.pk}/dry-run/"
    small = client.get(address).text
    monkeypatch.setattr(day_plans, "LARGE", 0)
    monkeypatch.setattr(day_plans, "_made", OrderedDict())
    with monkeypatch.context() as busy:
        busy.setattr(day_plans, "begin", lambda work, *, key: False)
        assert 'role="progressbar"' in client.get(address).text

    large = client.get(address).text

    assert "Customers treated otherwise" in large
    assert small.split("<main")[1] == large.split("<main")[1]
    with monkeypatch.context() as broken:
        broken.setattr(day_plans, "_made", OrderedDict())
        broken.setattr(day_plans, "plan_under", lambda *_, **__: 1 / 0)
        answer = client.get(address)
    assert answer.status_code == 422 and "could not be worked out" in answer.text


def test_wordings_are_shown_with_a_real_customer_s_items(come_in, reader, customer):
    invoice(
        customer,
        "R1",
        100_00,
        issued_on=TODAY - timedelta(days=40),
        due_on=TODAY - timedelta(days=5),
    )
    client = come_in(reader)
    english = client.get(f"{STRATEGIES}wordings/?language=en").text
    german = client.get(f"{STRATEGIES}wordings/?language=de").text
    assert "R1" in english and "€100.00" in english and "Dear Acme" in english
    assert "100,00" in german and "Rechnung R1" in german


def test_rights_and_companies_are_kept_apart(come_in, reader, rival, manager, polite):
    version = draft(manager)
    client = come_in(reader)
    assert client.get(f"{STRATEGIES}draft/").status_code == 403
    assert client.post(f"{STRATEGIES}{version.pk}/publish/").status_code == 403
    assert client.post(f"{STRATEGIES}{version.pk}/discard/").status_code == 403
    client = come_in(rival)
    for path in ("", "dry-run/"):
        assert client.get(f"{STRATEGIES}{version.pk}/{path}").status_code == 404
    assert client.post(f"{STRATEGIES}{version.pk}/publish/").status_code == 404
    assert client.get(f"{STRATEGIES}draft/?from={version.pk}").status_code == 404
    assert ">polite<" not in client.get(STRATEGIES).text
