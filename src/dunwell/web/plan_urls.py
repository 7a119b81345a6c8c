"""Addresses of the pages about payment plans, under /plans/."""

from django.urls import path

from dunwell.web import plan_moves, plan_new, plans

urlpatterns = [
    path("", plans.plan_list, name="plans"),
    path("export.<str:kind>", plans.plans_export, name="plans-export"),
    path("instalments/", plans.instalment_list, name="instalments"),
    path("instalments/export.<str:kind>", plans.instalments_export, name="instalments-export"),
    path("new/<int:customer_id>/", plan_new.plan_add, name="plan-add"),
    path("new/<int:customer_id>/offers/", plan_new.plan_offers_part, name="plan-offers"),
    path("<int:plan_id>/", plans.plan_show, name="plan"),
    path("<int:plan_id>/letter/", plans.plan_letter, name="plan-letter"),
    path("<int:plan_id>/accept/", plan_moves.plan_accept, name="plan-accept"),
    path("<int:plan_id>/decline/", plan_moves.plan_decline, name="plan-decline"),
    path("<int:plan_id>/cancel/", plan_moves.plan_cancel, name="plan-cancel"),
    path("<int:plan_id>/cure/", plan_moves.plan_cure, name="plan-cure"),
    path("<int:plan_id>/due-at-once/", plan_moves.plan_accelerate, name="plan-accelerate"),
    path("<int:plan_id>/replace/", plan_new.plan_replace, name="plan-replace"),
    path(
        "<int:plan_id>/replace/offers/", plan_new.plan_replace_offers, name="plan-replace-offers"
    ),
]
