"""Addresses of the pages about incentives, under /incentives/."""

from django.urls import path

from dunwell.web import incentives

urlpatterns = [
    path("", incentives.incentive_list, name="incentives"),
    path("new/", incentives.incentive_add, name="incentive-add"),
    path("<int:incentive_id>/", incentives.incentive_show, name="incentive"),
    path("<int:incentive_id>/end/", incentives.incentive_end, name="incentive-end"),
    path(
        "<int:incentive_id>/customers/",
        incentives.incentive_customers,
        name="incentive-customers",
    ),
    path(
        "<int:incentive_id>/customers/export.<str:kind>",
        incentives.incentive_customers_export,
        name="incentive-customers-export",
    ),
    path("<int:incentive_id>/export.<str:kind>", incentives.grants_export, name="grants-export"),
]
