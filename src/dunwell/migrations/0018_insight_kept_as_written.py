"""What was measured, decided and reported on a day stays as it was written.

A provision keeps its lines, a covenant its tests, a pack its bytes; what was typed in is taken
back, never changed.
"""

from django.db import migrations

from dunwell.migrations._triggers import refusing

KEPT = "what was measured, decided and reported stays as it was written"
FUNCTION = "dunwell_kept_as_written"
BALANCE = 'company_id, account, "on", currency, balance_minor, recorded_by, recorded_at'
PLANNED = "company_id, currency, amount_minor, recorded_at"
COVENANT = "company_id, name, lender, measure, currency, first_test_on, every_months, recorded_at"
FIGURE = "company_id, kpi, value, unit, industry, region, source, recorded_at"
COST = 'company_id, kind, "on", currency, amount_minor, reference, recorded_at'
RUN = "company_id, as_of, standard, currency, gross_minor, allowance_minor, content_sha256"
TABLES = {
    "advisortrace": ("", KEPT, FUNCTION),
    "appetitestatement": ("", KEPT, FUNCTION),
    "cashposition": (BALANCE, KEPT, FUNCTION),
    "plannedpayment": (PLANNED, KEPT, FUNCTION),
    "workingcapitalrow": ("", KEPT, FUNCTION),
    "liquidityrule": ("", KEPT, FUNCTION),
    "covenant": (COVENANT, KEPT, FUNCTION),
    "covenanttest": ("", KEPT, FUNCTION),
    "covenantwaiver": ("", KEPT, FUNCTION),
    "collectioncost": (COST, KEPT, FUNCTION),
    "industryfigure": (FIGURE, KEPT, FUNCTION),
    "provisionrun": (RUN, KEPT, FUNCTION),
    "provisionline": ("", KEPT, FUNCTION),
    "provisionmove": ("", KEPT, FUNCTION),
    "financingterms": ("", KEPT, FUNCTION),
    "financingmove": ("", KEPT, FUNCTION),
    "duelcustomer": ("", KEPT, FUNCTION),
    "duellook": ("", KEPT, FUNCTION),
    "portfoliopack": ("", KEPT, FUNCTION),
    "portfoliosignature": ("", KEPT, FUNCTION),
    "report": ("", KEPT, FUNCTION),
    "reportmail": ('company_id, report_id, "to", message_id', KEPT, FUNCTION),
}


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0017_insight")]

    operations = [migrations.RunPython(refusing(TABLES), migrations.RunPython.noop)]
