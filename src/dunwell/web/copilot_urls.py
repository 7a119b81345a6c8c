"""Addresses of the copilot, beside the customer and the figure it speaks of."""

from django.urls import path

from dunwell.web import copilot

urlpatterns = [
    path(
        "customers/<int:customer_id>/copilot/", copilot.customer_copilot, name="customer-copilot"
    ),
    path("customers/<int:customer_id>/copilot/<str:kind>/", copilot.draft, name="copilot-draft"),
    path("kpis/<str:kpi_id>/explained/", copilot.kpi_explained, name="kpi-explained"),
]
