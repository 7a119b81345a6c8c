"""Addresses of the pages about channels, under /channels/."""

from django.urls import path

from dunwell.web import channel_forms, channels

urlpatterns = [
    path("", channels.channel_list, name="channels"),
    path("export.<str:kind>", channels.channels_export, name="channels-export"),
    path(
        "new/<slug:kind>/<slug:provider>/",
        channel_forms.channel_add,
        name="channel-add",
    ),
    path("<int:channel_id>/", channels.channel_show, name="channel"),
    path("<int:channel_id>/change/", channel_forms.channel_change, name="channel-change"),
    path("<int:channel_id>/test/", channel_forms.channel_test, name="channel-test"),
    path("<int:channel_id>/end/", channels.channel_end, name="channel-end"),
    path("<int:channel_id>/wake/", channels.channel_wake, name="channel-wake"),
    path("<int:channel_id>/renew/", channels.channel_renew, name="channel-renew"),
]
