"""What was allowed and looked at stays as it was written; a time that was allowed may end early."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from dunwell.models import AccessReview, DutyOverride
from tests.conftest import AT, TODAY

CHANGES = (
    "UPDATE dunwell_accessreview SET note = 'another'",
    "UPDATE dunwell_accessreview SET outcome = 'taken'",
    "DELETE FROM dunwell_accessreview",
    "UPDATE dunwell_dutyoverride SET reason = 'another'",
    "UPDATE dunwell_dutyoverride SET \"by\" = 'nobody'",
    "DELETE FROM dunwell_dutyoverride",
)


@pytest.mark.django_db
def test_i10_the_database_keeps_what_was_allowed_and_looked_at(company, manager):
    allowed = DutyOverride.objects.create(
        company=company, user=manager, pair="cash_credit", reason="a small team", by="ada",
        granted_at=AT, ends_at=AT + timedelta(days=30),
    )  # fmt: skip
    AccessReview.objects.create(
        company=company, user=manager, roles=["credit_manager"], outcome="kept", by="ada",
        reviewed_on=TODAY, due_on=TODAY + timedelta(days=90), recorded_at=AT,
    )  # fmt: skip
    for change in CHANGES:
        with (
            pytest.raises(DatabaseError, match="stays as it was written"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    assert DutyOverride.objects.filter(pk=allowed.pk).update(ended_at=AT, ended_by="ada") == 1
