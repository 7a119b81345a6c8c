"""The weekly digest to stakeholders in plain words: stuck money, decisions, goals, suggestions."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext, ngettext, override

from dunwell.formats.typesetting import shown_day, shown_money
from dunwell.models import Company, MeetingPoint, Voice
from dunwell.queries.meetings import MeetingDecisionRow, meeting_decision_rows
from dunwell.queries.stuck_money import AgendaRow, agenda_rows
from dunwell.queries.targets import milestone_rows
from dunwell.queries.team_sections import WEEK, team_goals

NAMED = 5


def team_words(company: Company, *, language: str, as_of: date) -> str:
    """Return the digest of a week as lines of text, a sentence each, in a language.

    Whatever has no figures has no sentence. No person is named but as owner of a decision, or
    where the person shares its milestones.
    """
    with override(language):
        return "\n".join(_sentences(company, language, as_of))


def _sentences(company: Company, language: str, as_of: date) -> Iterator[str]:
    yield from _stuck(agenda_rows(company, as_of=as_of), language)
    rows = meeting_decision_rows(company, as_of=as_of, since=as_of - WEEK)
    yield from _decisions(rows, language, as_of)
    yield from _goals(company, as_of)
    yield from _worth_a_word(company, as_of)
    yield from _voices(company)


def _stuck(rows: tuple[AgendaRow, ...], language: str) -> Iterator[str]:
    if not rows:
        yield gettext("No money is stuck.")
        return
    reasons = dict(MeetingPoint.Reason.choices)
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for one in rows:
        minor, n = sums.get((one.currency, one.reason), (0, 0))
        sums[one.currency, one.reason] = (minor + one.stuck_minor, n + 1)
    for (currency, reason), (minor, n) in sums.items():
        yield ngettext(
            "%(why)s: %(amount)s of %(n)d customer.",
            "%(why)s: %(amount)s of %(n)d customers.",
            n,
        ) % {"why": reasons[reason], "amount": _money(minor, currency, language), "n": n}
    first = rows[0]
    yield gettext("The heaviest is %(customer)s with %(amount)s, since %(day)s: %(why)s.") % {
        "customer": first.customer_name,
        "amount": _money(first.stuck_minor, first.currency, language),
        "day": shown_day(first.since_on, language),
        "why": reasons[first.reason],
    }


def _decisions(rows: tuple[MeetingDecisionRow, ...], language: str, as_of: date) -> Iterator[str]:
    late = [one for one in rows if one.days_late]
    soon = [one for one in rows if one.done_on is None and as_of <= one.due_on <= as_of + WEEK]
    done = [one for one in rows if one.done_on is not None]
    for title, chosen in (
        (gettext("Late"), late),
        (gettext("Due within a week"), soon),
    ):
        for one in chosen[:NAMED]:
            yield gettext("%(title)s: %(text)s (%(owner)s, until %(day)s).") % {
                "title": title,
                "text": one.text.rstrip("."),
                "owner": one.owner,
                "day": shown_day(one.due_on, language),
            }
        if len(chosen) > NAMED:
            yield gettext("%(title)s: %(n)d more.") % {"title": title, "n": len(chosen) - NAMED}
    if done:
        yield ngettext(
            "%(n)d decision was carried out in seven days.",
            "%(n)d decisions were carried out in seven days.",
            len(done),
        ) % {"n": len(done)}
    paid: dict[tuple[str, int], int] = {
        (one.currency, one.point_id): one.paid_minor
        for one in rows
        if one.point_id is not None and one.paid_minor
    }
    for currency in sorted({currency for currency, _ in paid}):
        minor = sum(n for (code, _), n in paid.items() if code == currency)
        yield gettext("%(amount)s came of what was decided about.") % {
            "amount": _money(minor, currency, language)
        }


def _goals(company: Company, as_of: date) -> Iterator[str]:
    for one in team_goals(company, as_of=as_of):
        reached = sum(line.is_reached for line in one.lines)
        yield gettext("Goals %(name)s: %(reached)d of %(all)d are reached honestly.") % {
            "name": one.name, "reached": reached, "all": len(one.lines),
        }  # fmt: skip


def _worth_a_word(company: Company, as_of: date) -> Iterator[str]:
    for one in milestone_rows(company, viewer_id=None):
        if as_of - WEEK < one.on <= as_of:
            yield gettext("Worth a word: %(what)s.") % {
                "what": f"{one.name} ({one.person})" if one.person else one.name
            }


def _voices(company: Company) -> Iterator[str]:
    waiting = Voice.objects.filter(company=company, status=Voice.Status.OPEN).count()
    if waiting:
        yield ngettext(
            "%(n)d suggestion waits for an answer.",
            "%(n)d suggestions wait for an answer.",
            waiting,
        ) % {"n": waiting}


def _money(minor: int, currency: str, language: str) -> str:
    return f"{currency} {shown_money(minor, currency, language)}"
