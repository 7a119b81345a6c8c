"""Addresses of what colleagues share: the case of a customer, mentions, hand-offs, cover."""

from django.urls import path

from dunwell.web import absences, case_graph, duties, hand_offs, mentions

urlpatterns = [
    path("customers/<int:customer_id>/case/", case_graph.case_show, name="case-graph"),
    path("customers/<int:customer_id>/case/remark/", case_graph.case_remark, name="case-remark"),
    path(
        "customers/<int:customer_id>/case/export.<str:kind>",
        case_graph.case_export,
        name="case-export",
    ),
    path("customers/<int:customer_id>/hand-off/", hand_offs.hand_off_add, name="hand-off-add"),
    path("hand-offs/", hand_offs.hand_off_list, name="hand-offs"),
    path("hand-offs/export.<str:kind>", hand_offs.hand_offs_export, name="hand-offs-export"),
    path("hand-offs/<int:hand_off_id>/", hand_offs.hand_off_show, name="hand-off"),
    path("hand-offs/<int:hand_off_id>/take/", hand_offs.hand_off_take, name="hand-off-take"),
    path("hand-offs/<int:hand_off_id>/done/", hand_offs.hand_off_done, name="hand-off-done"),
    path(
        "hand-offs/<int:hand_off_id>/give-back/",
        hand_offs.hand_off_give_back,
        name="hand-off-give-back",
    ),
    path(
        "hand-offs/<int:hand_off_id>/withdraw/",
        hand_offs.hand_off_withdraw,
        name="hand-off-withdraw",
    ),
    path("mentions/", mentions.mention_list, name="mentions"),
    path("mentions/export.<str:kind>", mentions.mentions_export, name="mentions-export"),
    path(
        "mentions/<int:mention_id>/seen/", mentions.mention_acknowledge, name="mention-acknowledge"
    ),
    path("team/absence/<int:absence_id>/", absences.absence_show, name="absence"),
    path("team/absence/<int:absence_id>/seen/", absences.absence_seen, name="absence-seen"),
    path("team/on-call/", duties.duty_list, name="duties"),
    path("team/on-call/export.<str:kind>", duties.duties_export, name="duties-export"),
    path("team/on-call/add/", duties.duty_add, name="duty-add"),
    path("team/on-call/<int:duty_id>/end/", duties.duty_end, name="duty-end"),
]
