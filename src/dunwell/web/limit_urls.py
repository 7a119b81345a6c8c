"""Addresses of the pages about limits, groups that share one, and who belongs to whom."""

from django.urls import path

from dunwell.web import (
    credit_groups,
    hierarchies,
    limit_customer,
    limit_files,
    limit_new,
    limits,
)

urlpatterns = [
    path("limits/", limits.limit_list, name="limits"),
    path("limits/export.<str:kind>", limits.limits_export, name="limits-export"),
    path("limits/new/", limit_new.limit_add, name="limit-add"),
    path("limits/import/", limit_files.limit_upload, name="limit-upload"),
    path("limits/import/template.<str:kind>", limit_files.limit_template, name="limit-template"),
    path("limits/import/<str:token>/", limit_files.limit_file, name="limit-file"),
    path("limits/adjust/", limit_files.limit_adjust, name="limit-adjust"),
    path("limits/<int:limit_id>/", limits.limit_show, name="limit"),
    path("limits/<int:limit_id>/withdraw/", limits.limit_withdraw, name="limit-withdraw"),
    path(
        "customers/<int:customer_id>/limits/",
        limit_customer.customer_limits,
        name="customer-limits",
    ),
    path("customers/<int:customer_id>/exposure/", limit_customer.exposure_show, name="exposure"),
    path(
        "customers/<int:customer_id>/exposure/export.<str:kind>",
        limit_customer.exposure_export,
        name="exposure-export",
    ),
    path("customers/<int:customer_id>/hierarchy/", hierarchies.hierarchy_show, name="hierarchy"),
    path(
        "customers/<int:customer_id>/hierarchy/export.<str:kind>",
        hierarchies.hierarchy_export,
        name="hierarchy-export",
    ),
    path("customers/<int:customer_id>/links/add/", hierarchies.link_add, name="link-add"),
    path("customer-links/<int:link_id>/end/", hierarchies.link_end, name="link-end"),
    path("credit-groups/", credit_groups.group_list, name="credit-groups"),
    path(
        "credit-groups/export.<str:kind>",
        credit_groups.groups_export,
        name="credit-groups-export",
    ),
    path("credit-groups/new/", credit_groups.group_add, name="credit-group-add"),
    path("credit-groups/<int:group_id>/", credit_groups.group_show, name="credit-group"),
    path("credit-groups/<int:group_id>/join/", credit_groups.group_join, name="credit-group-join"),
    path("credit-groups/<int:group_id>/end/", credit_groups.group_end, name="credit-group-end"),
    path(
        "credit-groups/members/<int:member_id>/leave/",
        credit_groups.group_leave,
        name="credit-group-leave",
    ),
]
