"""Addresses of the pages about agencies, under /agencies/."""

from django.urls import path

from dunwell.web import agencies, agency_files

urlpatterns = [
    path("", agencies.agency_list, name="agencies"),
    path("export.<str:kind>", agencies.agencies_export, name="agencies-export"),
    path("add/", agencies.agency_add, name="agency-add"),
    path("<int:agency_id>/", agencies.agency_show, name="agency"),
    path("<int:agency_id>/change/", agencies.agency_edit, name="agency-edit"),
    path("<int:agency_id>/file/", agency_files.agency_claim, name="agency-claim"),
    path("<int:agency_id>/report/", agency_files.agency_report, name="agency-report"),
    path("<int:agency_id>/seat/", agency_files.seat_add, name="seat-add"),
    path("seats/<int:seat_id>/end/", agency_files.seat_end, name="seat-end"),
    path("seats/<int:seat_id>/token/", agency_files.seat_token, name="seat-token"),
    path(
        "files/<int:placement_batch_id>/placements.zip",
        agency_files.batch_download,
        name="placement-batch",
    ),
    path(
        "files/<int:placement_batch_id>/handed-over/",
        agency_files.batch_hand_over,
        name="placement-batch-handed",
    ),
    path(
        "files/<int:placement_batch_id>/release/",
        agency_files.batch_release,
        name="placement-batch-release",
    ),
]
