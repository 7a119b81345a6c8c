"""Addresses of the pages about interest, fees and official rates, under /charges/."""

from django.urls import path

from dunwell.web import charges, reference_rates

urlpatterns = [
    path("", charges.charge_list, name="charges"),
    path("export.<str:kind>", charges.charges_export, name="charges-export"),
    path("customers/", charges.charge_customers, name="charge-customers"),
    path("overbilled/", charges.charges_overbilled, name="charges-overbilled"),
    path("customers/<int:customer_id>/bill/", charges.charges_bill, name="charges-bill"),
    path("<int:charge_id>/waive/", charges.charge_waive, name="charge-waive"),
    path("<int:charge_id>/restore/", charges.charge_restore, name="charge-restore"),
    path("rates/", reference_rates.rate_table_list, name="reference-rates"),
    path("rates/add/", reference_rates.reference_rate_add, name="reference-rate-add"),
    path(
        "rates/<int:rate_id>/approve/",
        reference_rates.reference_rate_approve,
        name="reference-rate-approve",
    ),
    path(
        "rates/<int:rate_id>/withdraw/",
        reference_rates.reference_rate_withdraw,
        name="reference-rate-withdraw",
    ),
    path("rules/", reference_rates.rule_list, name="charge-rules"),
]
