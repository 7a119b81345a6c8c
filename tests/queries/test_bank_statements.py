"""Statements of accounts as pages and the API list them: by account, by file, and by both."""

from dunwell.models import BankAccount
from dunwell.queries.bank_statements import statement_rows
from tests.actions.bank_rows import ACCOUNT, line, read, sta

OTHER = "DE02120300000000202051"


def test_the_statements_of_a_file_are_those_of_one_account_where_it_is_asked_for(company):
    file = read(company, sta(1, 0, line(3_00)) + sta(1, 0, line(4_00, text="x"), account=OTHER))
    read(company, sta(2, 3_00), name="next.sta")
    account = BankAccount.objects.get(account=ACCOUNT)

    def listed(**asked):
        return [
            (row.account_id, row.entries_minor) for row in statement_rows(company, **asked).rows
        ]

    other = BankAccount.objects.get(account=OTHER)
    assert listed(file_id=file.pk) == [(account.pk, 3_00), (other.pk, 4_00)]
    assert listed(file_id=file.pk, account_id=account.pk) == [(account.pk, 3_00)]
    assert listed(account_id=other.pk) == [(other.pk, 4_00)]
