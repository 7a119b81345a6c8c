"""Addresses of the credit manager's home, under /credit/."""

from django.urls import path

from dunwell.web import credit_portfolio

urlpatterns = [
    path("", credit_portfolio.credit_home, name="credit-home"),
    path("pack.<str:kind>", credit_portfolio.credit_pack_file, name="credit-pack"),
    path("customers/", credit_portfolio.credit_customers, name="credit-customers"),
    path(
        "customers/export.<str:kind>",
        credit_portfolio.credit_customers_export,
        name="credit-customers-export",
    ),
    path("stress/", credit_portfolio.credit_stress, name="credit-stress"),
    path(
        "stress/export.<str:kind>",
        credit_portfolio.credit_stress_export,
        name="credit-stress-export",
    ),
]
