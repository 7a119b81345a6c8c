"""Addresses of the pages about placements, under /placements/."""

from django.urls import path

from dunwell.web import placement_moves, placement_new, placements

urlpatterns = [
    path("", placements.placement_list, name="placements"),
    path("export.<str:kind>", placements.placements_export, name="placements-export"),
    path("new/<int:customer_id>/", placement_new.placement_add, name="placement-add"),
    path("new/<int:customer_id>/checks/", placement_new.placement_check, name="placement-check"),
    path("<int:placement_id>/", placements.placement_show, name="placement"),
    path("<int:placement_id>/evidence.zip", placements.placement_pack, name="placement-pack"),
    *(
        path(f"<int:placement_id>/{name}/", view, name=f"placement-{name}")
        for name, view in (
            ("approve", placement_moves.placement_approve),
            ("cancel", placement_moves.placement_cancel),
            ("recall", placement_moves.placement_recall),
            ("acknowledge", placement_moves.placement_acknowledge),
            ("accept", placement_moves.placement_accept),
            ("refuse", placement_moves.placement_refuse),
            ("end", placement_moves.placement_end),
            ("note", placement_moves.placement_note),
            ("collect", placement_moves.placement_collect),
            ("reconcile", placement_moves.placement_reconcile),
            ("close", placement_moves.placement_close),
        )
    ),
]
