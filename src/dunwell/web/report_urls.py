"""Addresses of reports and of saved views."""

from django.urls import path

from dunwell.web import reports

urlpatterns = [
    path("reports/", reports.report_list, name="reports"),
    path("reports/today/", reports.report_live, name="report-live"),
    path("reports/make/", reports.report_make, name="report-make"),
    path("reports/add/", reports.report_schedule, name="report-add"),
    path("reports/schedules/<int:report_schedule_id>/end/", reports.report_end, name="report-end"),
    path("reports/<int:made_report_id>/", reports.report_show, name="report"),
    path(
        "reports/<int:made_report_id>/file.<str:kind>",
        reports.report_download,
        name="report-file",
    ),
    path("views/", reports.view_list, name="saved-views"),
    path("views/save/", reports.view_save, name="view-save"),
    path("views/remove/", reports.view_remove, name="view-remove"),
]
