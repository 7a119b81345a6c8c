"""Addresses of the figures, under /kpis/."""

from django.urls import path

from dunwell.web import collection_costs, kpi_inputs, kpis

urlpatterns = [
    path("", kpis.kpis, name="kpis"),
    path("export.<str:kind>", kpis.kpis_export, name="kpis-export"),
    path("costs/", collection_costs.collection_costs, name="collection-costs"),
    path("costs/new/", collection_costs.collection_cost_add, name="collection-cost-add"),
    path(
        "costs/<int:collection_cost_id>/withdraw/",
        collection_costs.collection_cost_withdraw,
        name="collection-cost-withdraw",
    ),
    path("inputs/<str:name>/", kpi_inputs.kpi_input, name="kpi-input"),
    path(
        "inputs/<str:name>/export.<str:kind>",
        kpi_inputs.kpi_input_export,
        name="kpi-input-export",
    ),
    path("<str:kpi_id>/", kpis.kpi, name="kpi"),
    path("<str:kpi_id>/parts.<str:kind>", kpis.kpi_slices_export, name="kpi-slices-export"),
]
