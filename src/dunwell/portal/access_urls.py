"""Addresses of entering, leaving, colleagues, keys and settings, under /portal/."""

from django.urls import path

from dunwell.portal import entrance, keys, passkeys, people, second_factor, suppliers

urlpatterns = [
    path("enter/", entrance.portal_enter, name="portal-enter"),
    path("enter/passkey/options/", entrance.portal_passkey_options, name="portal-passkey-options"),
    path("enter/passkey/", entrance.portal_passkey_enter, name="portal-passkey-enter"),
    path("link/<str:token>/", entrance.portal_link, name="portal-link"),
    path("leave/", entrance.portal_leave, name="portal-leave"),
    path(
        "leave/everywhere/",
        entrance.portal_sign_out_everywhere,
        name="portal-sign-out-everywhere",
    ),
    path("suppliers/", suppliers.portal_seats, name="portal-seats"),
    path("suppliers/<int:seat_id>/", suppliers.portal_seat_take, name="portal-seat-take"),
    path("people/", people.portal_people, name="portal-people"),
    path("people/invite/", people.portal_person_invite, name="portal-person-invite"),
    path("people/<int:seat_id>/role/", people.portal_seat_role, name="portal-seat-role"),
    path("people/<int:seat_id>/end/", people.portal_seat_end, name="portal-seat-end"),
    path("passkeys/", passkeys.portal_passkeys, name="portal-passkeys"),
    path("passkeys/new/", passkeys.portal_passkey_new, name="portal-passkey-new"),
    path(
        "passkeys/<int:passkey_id>/remove/",
        passkeys.portal_passkey_remove,
        name="portal-passkey-remove",
    ),
    path("keys/", keys.portal_keys, name="portal-keys"),
    path("keys/<int:key_id>/revoke/", keys.portal_key_revoke, name="portal-key-revoke"),
    path("confirm/", second_factor.portal_confirm, name="portal-confirm"),
    path("confirm/send/", second_factor.portal_confirm_send, name="portal-confirm-send"),
    path("confirm/options/", second_factor.portal_confirm_options, name="portal-confirm-options"),
    path("confirm/passkey/", second_factor.portal_confirm_passkey, name="portal-confirm-passkey"),
]
