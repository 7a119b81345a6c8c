"""Addresses of call mode, under /call/."""

from django.urls import path

from dunwell.web import call_mode

urlpatterns = [
    path("", call_mode.call_mode, name="calls"),
    path("pause/", call_mode.call_pause, name="call-pause"),
    path("undo/<int:note_id>/", call_mode.call_undo, name="call-undo"),
    path("<int:customer_id>/", call_mode.call_record, name="call-record"),
    path("<int:customer_id>/later/", call_mode.call_skip, name="call-skip"),
]
