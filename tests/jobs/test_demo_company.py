"""The demo that was made shows every state, adds up, and a second call doubles nothing."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db.models import Count, Sum
from django.test import Client

from dunwell.demo.crisis import story_days
from dunwell.demo.ledger import demo_ledger
from dunwell.engine.behaviour import HABIT_LABELS
from dunwell.engine.calendars import day_date
from dunwell.jobs.demo import make_demo
from dunwell.jobs.demo_credit import play_credit
from dunwell.jobs.demo_history import CUT_CUSTOMERS, SCENES, play_history
from dunwell.jobs.demo_history_cases import TITLE, bad_goods_are_disputed
from dunwell.jobs.demo_insight import play_insight
from dunwell.jobs.demo_teamwork import play_teamwork
from dunwell.models import (
    Absence,
    Adjustment,
    AppetiteStatement,
    AssistantConversation,
    Budget,
    CauseAction,
    Certificate,
    CollectionCost,
    Cover,
    CoverNotice,
    CreditApplication,
    CreditDataPoint,
    CreditHold,
    CreditLimit,
    CreditRating,
    CreditReview,
    Customer,
    CustomerLink,
    DisputeCase,
    EarlyWarning,
    Escalation,
    FinancialStatement,
    FinancingDraw,
    GapAlert,
    HandOff,
    IndustryFigure,
    Initiative,
    Invoice,
    Item,
    LegalEntry,
    LegalMatter,
    MeetingDecision,
    Mention,
    Message,
    ModelVersion,
    OpenItem,
    Order,
    PaymentPlan,
    Placement,
    PlanInstalment,
    PolicyVersion,
    Pool,
    PortalSeat,
    PortfolioReview,
    ProvisionRun,
    Report,
    ReportSchedule,
    Retention,
    Role,
    SavedView,
    Scenario,
    Scorecard,
    ScreeningHit,
    SegmentByHand,
    Settlement,
    SignalMatch,
    StressScenario,
    TargetSet,
    Task,
    User,
    Voice,
    Watch,
    WorkingCapitalRow,
)
from dunwell.queries.analyses import shown_analysis
from dunwell.queries.application_papers import signature_rows
from dunwell.queries.budgets import budget_table
from dunwell.queries.calls import call_queue
from dunwell.queries.cash_accuracy import cash_accuracy
from dunwell.queries.covenants import covenant_rows
from dunwell.queries.figure_courses import figure_course
from dunwell.queries.liquidity import liquidity
from dunwell.queries.my_day import my_day
from dunwell.queries.tours import TOURS
from dunwell.web.demo_story import CHAPTERS, story
from tests.actions.ledger_rows import breaks
from tests.conftest import add_user
from tests.jobs.demo_desk import AT, DAY
from tests.table_digest import digest

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

SIZE = {"customers": 150, "items": 3_800}


@pytest.fixture(scope="module")
def _made(standing):
    """The demo, made on a Thursday."""
    with time_machine.travel(AT, tick=False):
        return make_demo(tell=lambda text: None, **SIZE)


@pytest.fixture
def made(_made, db):
    with time_machine.travel(AT, tick=False):
        yield _made


def counted(model, *names):
    """How many records there are of each combination of fields."""
    rows = model.objects.values_list(*names).annotate(n=Count("pk")).order_by(*names)
    return {row[:-1]: row[-1] for row in rows}


def test_the_books_of_the_demo_prove_themselves(made):
    assert breaks(made.company) == {}


def test_it_shows_every_state_a_desk_can_be_in(made):
    desk = made.summary
    billed = Invoice.objects.filter(status="issued").count()
    notes = Item.objects.filter(number__startswith="CN-Q-").count()
    assert (desk.customers, desk.items, billed) == (150, SIZE["items"] + notes + billed, 2)
    assert [row.currency for row in desk.currencies] == ["EUR", "GBP", "USD"]
    assert all(row.open_minor > row.overdue_minor > 0 and row.dso_days for row in desk.currencies)
    assert set(desk.habits) == set(HABIT_LABELS)
    assert {"kept", "broken", "open"} <= desk.promises.keys()
    assert {"ready"} <= desk.messages.keys()
    assert {"call", "contact_missing"} <= desk.tasks.keys()
    assert Task.objects.filter(kind="letter").exists()
    assert {
        "contacted_recently",
        "all_disputed",
        "promise_open",
        "legal_hold",
    } <= desk.blocked.keys()
    assert (len(desk.first), desk.disputes_open > 0) == (5, True)
    levels = set(Message.objects.filter(status="sent").values_list("level", flat=True))
    assert levels == {0, 1, 2, 3, 4, 5}


def test_it_shows_what_collections_are_about_one_of_each(made):
    plans = PaymentPlan.objects.filter(status="active").values_list("number", "proposed_on")
    assert list(plans) == [("PP-6", DAY)]
    settlements = Settlement.objects.order_by("pk").values_list("number", "status")
    assert list(settlements) == [("ST-1", "completed"), ("ST-2", "pending")]
    assert list(Placement.objects.values_list("number", "status")) == [("PL-1", "accepted")]
    assert counted(LegalMatter, "kind", "status") == {
        ("claim", "open"): 1,
        ("insolvency", "closed"): 1,
    }
    assert list(Watch.objects.values_list("playbook", "status")) == [("High risk", "running")]
    assert list(Pool.objects.values_list("name")) == [("Much and late",)]
    assert list(Absence.objects.values_list("user__username", "cover__username")) == [
        ("carla", "ben")
    ]
    segments = dict(Customer.objects.values_list("segment").annotate(n=Count("pk")))
    assert set(segments) == {"public", "small", "standard", "strategic"}
    assert SegmentByHand.objects.get().segment == "strategic"


def test_the_year_behind_it_is_what_the_desk_did_about_the_crisis(made):
    begins, measures, over = story_days(DAY)
    plans = PaymentPlan.objects.filter(accepted_on__lt=over)
    broken = plans.filter(defaulted_on__isnull=False)
    assert (plans.filter(status="completed").count(), broken.count()) == (5, 2)
    assert all(measures <= day < over for day in plans.values_list("accepted_on", flat=True))
    parts = PlanInstalment.objects.filter(plan__in=plans)
    assert [parts.filter(status=name).count() for name in ("paid", "late")] == [14, 6]
    cases = DisputeCase.objects.filter(title=TITLE, root_cause="product_quality")
    assert cases.count() == DisputeCase.objects.filter(title=TITLE).count() == 14
    assert all(begins < day < over for day in cases.values_list("opened_on", flat=True))
    assert set(cases.values_list("status", flat=True)) == {"closed"}
    action = CauseAction.objects.get(root_cause="product_quality")
    assert (action.status, measures < action.done_on < over) == ("effective", True)
    matter = LegalMatter.objects.get(kind="insolvency")
    dividend = LegalEntry.objects.get(matter=matter, kind="dividend").amount_minor
    lost = Adjustment.objects.filter(item__in=matter.lines.values("item"), kind="write_off")
    assert lost.aggregate(n=Sum("amount_minor"))["n"] + dividend == matter.claim_minor > dividend
    before, ledger = digest(), demo_ledger(as_of=DAY, has_crisis=True, **SIZE)
    played = ledger.story["item_number"].to_list()
    assert not OpenItem.objects.filter(item__number__in=played, open_minor__gt=0).exists()
    again = play_history(made.company, ledger, [*SCENES, bad_goods_are_disputed])
    assert (again, digest() == before) == (0, True)


def test_the_figures_break_where_the_crisis_begins_and_where_it_ends(made):
    shown = shown_analysis(made.company, kind="book", today=DAY, as_of=None, since=None)
    course = figure_course(made.company, shown, kpi="cei_period", currency="EUR")
    assert (len(course.months), course.has_season) == (25, False)
    begins, _, over = story_days(DAY)
    starts = [piece.first_on for piece in course.pieces[1:]]
    for planted in (begins, over):
        assert min(abs((start - planted).days) for start in starts) <= 92, starts


def test_the_tutorial_quotes_what_the_demo_says(made):
    text = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text(encoding="utf-8")
    part = " ".join(text.split("## Part 3")[1].split())
    assert f"`--customers {SIZE['customers']} --items {SIZE['items']}`" in part
    assert f"made on {DAY.day} {DAY:%B %Y}" in part
    shown = shown_analysis(made.company, kind="book", today=DAY, as_of=None, since=None)
    (course,) = shown.parts("course", currency="EUR")
    said = {
        f"| {day_date(day)} | {dso:.1f} | {cei:.1f} | {overdue / 100:,.2f} |"
        for day, _, overdue, dso, _, cei, *_ in course.content
        if dso is not None
    }
    quoted = re.findall(r"\| \d{4}-\d\d-\d\d \|[^|]+\|[^|]+\|[^|]+\|", part)
    assert len(quoted) == 5 and set(quoted) <= said
    pieces = figure_course(made.company, shown, kpi="cei_period", currency="EUR").pieces
    first, again = (f"{piece.first_on:%Y-%m}" for piece in pieces[1:])
    assert f"from {first} on, and again from {again} on" in part
    assert f"Limits of {CUT_CUSTOMERS} customers were cut, 3 plans were kept and 2 broke" in part


def test_the_page_of_tours_tells_the_story_with_its_records(made, settings):
    settings.REQUIRE_MFA = False
    client = Client()
    client.force_login(add_user(made.company, "reading", "finance_director"))
    page = client.get("/tours/").content.decode()
    assert page.count('<li class="links-row"><span class="grow">') == len(CHAPTERS)
    for chapter in story(made.company):
        assert client.get(chapter.address).status_code == 200
        assert chapter.address in page


def test_it_shows_what_a_credit_desk_is_about(made):
    assert counted(Scorecard, "name", "status") == {("customers", "champion"): 1}
    assert counted(CreditLimit, "kind", "status") == {
        ("standard", "approved"): 7,
        ("standard", "proposed"): 2,
        ("suspension", "approved"): 1,
        ("temporary", "approved"): 3,
    }
    assert counted(Cover, "kind", "status") == {
        ("guarantee", "granted"): 1,
        ("insurance", "granted"): 3,
        ("insurance", "requested"): 1,
    }
    assert counted(CustomerLink, "kind") == {("guarantor",): 1, ("parent",): 1}
    rows = CreditApplication.objects.order_by("pk")  # the last was corrected after it was signed
    signed = [(one.status, *(row.is_current for row in signature_rows(one))) for one in rows]
    assert signed == [("draft",), ("gathering", True), ("recommended", False)]
    assert counted(ScreeningHit, "status") == {("open",): 1}
    orders = counted(Order, "status")
    assert (set(orders), sum(orders.values())) == ({("approved",), ("held",)}, 25)
    holds = counted(CreditHold, "kind", "status")
    assert (holds["forced", "raised"], holds["auto", "released"]) == (1, 1)
    assert (FinancialStatement.objects.count(), CreditDataPoint.objects.count()) == (12, 9)


def test_the_cycle_rates_watches_and_asks_for_reviews_of_what_the_credit_desk_made(made):
    classes = counted(CreditRating, "risk_class")
    # hardly anybody is of class A so soon after the crisis
    assert {(one,) for one in "BCDE"} <= set(classes) and sum(classes.values()) == 150
    assert {("answer", "open"), ("expiry", "open"), ("report", "open")} <= set(
        counted(CoverNotice, "kind", "status")
    )
    assert (EarlyWarning.objects.count() > 0, CreditReview.objects.count() > 0) == (True, True)


def test_nobody_approved_what_he_asked_for(made):
    wishes = CreditLimit.objects.filter(status="approved", from_on=DAY)
    limits = wishes.exclude(kind="suspension")
    assert set(limits.values_list("asked_by", "decided_by")) == {("dora", "felix")}
    granted = Cover.objects.filter(status="granted")
    assert set(granted.values_list("by", "approved_by")) == {("dora", "lead")}
    versions = PolicyVersion.objects.filter(kind="credit")
    assert set(versions.values_list("author", "approver")) == {("lead", "felix")}
    budgets = Budget.objects.values_list("author", "approved_by", "status")
    assert list(budgets) == [("dora", "felix", "approved")]
    drawn = FinancingDraw.objects.values_list("by", "sanctioned_by", "status")
    assert list(drawn) == [("lead", "felix", "disbursed")]
    posted = ProvisionRun.objects.values_list("drawn_by", "reviewed_by", "posted_by")
    assert set(posted) == {("dora", "felix", "felix")}


def test_the_credit_desk_is_played_once(made):
    before = digest()
    assert (play_credit(made.company, as_of=DAY, at=AT), digest()) == (0, before)


def test_every_page_of_insight_has_something_on_it(made):
    judged = cash_accuracy(made.company, as_of=DAY)
    assert (judged.is_enough, judged.league[0].contender, len(judged.league)) == (True, "ours", 5)
    assert counted(ModelVersion, "number", "status") == {(1, "retired"): 1, (2, "serving"): 1}
    known = liquidity(made.company, as_of=DAY)
    below = [week for week in known.rows if week.below_minor]
    assert (len(known.rows), len(below), known.rows[0].out_minor > 0) == (13, 1, True)
    alert = GapAlert.objects.get(kind="liquidity")
    assert (alert.ended_on, len(alert.levers) > 0) == (None, True)
    cells = budget_table(made.company, Budget.objects.get(), as_of=DAY).cells
    assert any(cell.actual is not None and cell.budget for cell in cells)
    (covenant,) = covenant_rows(made.company, as_of=DAY)
    assert covenant.now.is_met
    before, last = ProvisionRun.objects.order_by("as_of")
    assert (last.status, last.previous) == ("posted", before)
    assert last.opening_minor == before.allowance_minor > 0
    assert counted(Initiative, "status") == {("kept",): 1, ("running",): 1}
    assert counted(PortfolioReview, "status") == {("planned",): 1, ("signed",): 1}
    assert AppetiteStatement.objects.get().policy_version.status == "published"
    assert SignalMatch.objects.values("signal").distinct().count() == 2
    counts = {
        Scenario: 2, StressScenario: 1, CollectionCost: 3, IndustryFigure: 1, Retention: 1,
        WorkingCapitalRow: 2, TargetSet: 1, ReportSchedule: 1, Report: 1, SavedView: 1,
    }  # fmt: skip
    assert {model: model.objects.count() for model in counts} == counts
    before = digest()
    assert (play_insight(made.company, as_of=DAY, at=AT), digest() == before) == (0, True)


def test_it_shows_how_people_work_together_and_learn(made):
    talks = counted(AssistantConversation, "language", "reason")
    assert talks == {("de", "human"): 1, ("en", ""): 1}
    days = Certificate.objects.order_by("expires_on").values_list("user__username", "expires_on")
    assert [(name, (day - DAY).days) for name, day in days] == [("ben", -35), ("anna", 25)]
    assert Mention.objects.get().user.username == "lead"
    assert HandOff.objects.get().status == "asked"
    assert Escalation.objects.get(kind="service").status == "raised"
    assert sorted(counted(MeetingDecision, "done_by")) == [("",), ("ben",)]
    assert counted(Voice, "status") == {("open",): 1, ("taken",): 1}
    small = PolicyVersion.objects.filter(kind="strategy", name="small").latest("version")
    assert "channel: dialogue" in small.text
    before = digest()
    assert (play_teamwork(made.company, as_of=DAY, at=AT), digest() == before) == (0, True)


def test_the_lead_has_customers_to_call_and_something_to_decide(made):
    lead = User.objects.get(username="lead")
    person = {"user_id": lead.pk, "person": "lead", "as_of": DAY}
    roles = list(Role)
    day = my_day(made.company, roles=roles, **person)
    calls = call_queue(made.company, at=AT, **person)
    assert (day.to_approve, day.to_collect_minor > 0, day.plan.customers > 0) == (3, True, True)
    assert len(calls.waiting) + len(calls.blocked) > 0


def test_nobody_in_the_demo_has_a_password(made):
    people = User.objects.filter(memberships__company=made.company).distinct()
    names = ["anna", "ben", "carla", "dora", "felix", "lead"]
    assert sorted(people.values_list("username", flat=True)) == names
    assert [user for user in people if user.has_usable_password()] == []


def test_a_second_call_changes_nothing_and_the_next_day_runs_one_day(made):
    before = digest()
    again = make_demo(tell=lambda text: None, **SIZE)
    assert (digest(), again.is_new) == (before, False)
    told = []
    with time_machine.travel(AT + timedelta(days=1), tick=False):
        make_demo(tell=told.append, **SIZE)
    assert {line.split()[0] for line in told} == {"2026-03-06"}


def walked(client, address):
    """The stops of a tour by what the server leads to, each page asked for."""
    found, leads = [], client.post(address, {"move": "here"})["Location"]
    while leads.endswith("#tour") and len(found) < 20:
        page = client.get(leads.removesuffix("#tour"))
        found.append((page.resolver_match.url_name, page.status_code, 'id="tour"' in page.text))
        leads = client.post(address, {"move": "next"})["Location"]
    return found


def expected(tour):
    return [(stop.page, 200, True) for stop in TOURS[tour]]


@pytest.mark.parametrize("tour", [tour for tour in TOURS if tour != "portal"])
def test_every_stop_of_a_tour_of_staff_answers_for_its_role(made, settings, tour):
    settings.REQUIRE_MFA = False
    client = Client()
    client.force_login(add_user(made.company, "touring", tour))

    assert walked(client, f"/tours/{tour}/") == expected(tour)


def test_every_stop_of_the_tour_of_a_customer_answers_for_its_seat(made):
    seat = PortalSeat.objects.filter(company=made.company, ended_on=None).order_by("pk").first()
    client = Client()
    session = client.session
    session["portal"] = {"seat": seat.pk, "nonce": seat.person.session_nonce}
    session.save()

    assert 'action="/portal/tour/"' in client.get("/portal/").text
    assert walked(client, "/portal/tour/") == expected("portal")
