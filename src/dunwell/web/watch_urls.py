"""Addresses of the pages about customers under watch, under /watches/."""

from django.urls import path

from dunwell.web import watch_steps, watches

urlpatterns = [
    path("", watches.watch_list, name="watches"),
    path("export.<str:kind>", watches.watches_export, name="watches-export"),
    path("new/<int:customer_id>/", watch_steps.watch_add, name="watch-add"),
    path("freezes/<int:freeze_id>/", watches.freeze_show, name="freeze"),
    path("freezes/<int:freeze_id>/lift/", watch_steps.freeze_lift, name="freeze-lift"),
    path("<int:watch_id>/", watches.watch_show, name="watch"),
    path("<int:watch_id>/accept/", watch_steps.watch_accept, name="watch-accept"),
    path("<int:watch_id>/change/", watch_steps.watch_change, name="watch-change"),
    path("<int:watch_id>/check/", watch_steps.watch_check, name="watch-check"),
    path("<int:watch_id>/freeze/", watch_steps.watch_freeze, name="watch-freeze"),
    path("<int:watch_id>/end/", watch_steps.watch_end, name="watch-end"),
]
