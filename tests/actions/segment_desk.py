"""A company with a segments policy in force, for tests of segments and pools."""

from dunwell.actions.gate import system
from dunwell.actions.segments import assign_segments
from dunwell.formats.policies import read_policy
from dunwell.models import PolicyVersion
from dunwell.queries.ledgers import Books
from dunwell.queries.segments_due import segments_due
from tests.conftest import AT, TODAY

TEXT = """\
segments:
  name: segments
  valid_from: 2026-01-01
  otherwise: standard
  segments:
    - name: strategic
      rules:
        - {name: large, owed_minor: {from: 100000}}
    - name: late
      rules:
        - {name: a month late, oldest_days: {from: 30}}
"""


def policy(company, text=TEXT, *, status="published", version=1, valid_from="2026-01-01"):
    """A version of the company's segments policy."""
    return PolicyVersion.objects.create(
        company=company,
        kind="segments",
        name="segments",
        version=version,
        text=text,
        document=read_policy(text.replace("2026-01-01", "'2026-01-01'")).document,
        valid_from=valid_from,
        status=status,
        author="ada",
        approver="mona" if status == "published" else "",
        recorded_at=AT,
    )


def assign(company, *, as_of=TODAY):
    """One run of the cycle's step."""
    due = segments_due(Books(company), as_of=as_of)
    return assign_segments(actor=system(company), due=due, as_of=as_of, at=AT)
