"""Addresses of the pages about the process, under /process/."""

from django.urls import path

from dunwell.web import process, process_exports

urlpatterns = [
    path("", process.process_show, name="process"),
    path("bottlenecks/", process.process_bottlenecks, name="process-bottlenecks"),
    path("variants/", process.process_variants, name="process-variants"),
    path("rework/", process.process_rework, name="process-rework"),
    path("conformance/", process.process_conformance, name="process-conformance"),
    path("invoices/", process.process_case_list, name="process-cases"),
    path("invoices/<int:item_id>/", process.process_item, name="process-item"),
    path("make/", process.process_make, name="process-make"),
    path("progress/", process.process_progress, name="process-progress"),
    path(
        "invoices/export.<str:kind>",
        process_exports.process_cases_export,
        name="process-cases-export",
    ),
    path("log.ocel.json", process_exports.process_log_export, name="process-log"),
    path("<str:part>/export.<str:kind>", process_exports.process_export, name="process-export"),
]
