from __future__ import annotations

from django.urls import path

from caracol.accounts.views import (
    account,
    door,
    factors,
    invitations,
    invited,
    members,
    passphrase,
    password,
    receipt,
    recovery_code,
    second_factor,
    sessions,
)

app_name = "accounts"

urlpatterns = [
    path("", account.account, name="account"),
    path("login/", door.login, name="login"),
    path("logout/", door.logout, name="logout"),
    path("unlock/", door.unlock, name="unlock"),
    path("receipt/", receipt.receipt, name="receipt"),
    path("receipt/known/", receipt.somebody_knows_receipt, name="somebody_knows_receipt"),
    # /accounts/password/
    path("password/", password.password, name="password"),
    path("password/forgotten/", password.forgotten, name="forgotten"),
    path("password/known/", password.somebody_knows, name="somebody_knows"),
    # /accounts/second-factor/: what is asked after the password
    path("second-factor/", second_factor.second_factor, name="second_factor"),
    path("second-factor/key/", second_factor.second_factor_key, name="second_factor_key"),
    # /accounts/factors/: one's own
    path("factors/", factors.show, name="factors"),
    path("factors/app/", factors.new_app, name="new_app"),
    path("factors/app/picture/", factors.new_app_picture, name="new_app_picture"),
    path("factors/key/", factors.new_key, name="new_key"),
    path("factors/codes/", factors.new_backup_codes, name="new_backup_codes"),
    path("factors/remove/", factors.remove, name="remove_factor"),
    # /accounts/code/
    path("code/", recovery_code.recovery_code, name="recovery_code"),
    path("code/new/", recovery_code.new_recovery_code, name="new_recovery_code"),
    # /accounts/sessions/
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/end/", sessions.end_session, name="end_session"),
    path("sessions/end-others/", sessions.end_other_sessions, name="end_other_sessions"),
    # /accounts/members/
    path("members/", members.members, name="members"),
    path("members/deactivate/", members.deactivate, name="deactivate"),
    path("members/passphrase/", passphrase.caucus_passphrase, name="passphrase"),
    path("members/anew/", invitations.invite_anew, name="invite_anew"),
    path("members/invite/", invitations.invite, name="invite"),
    path("members/invite/withdraw/", invitations.withdraw_invitation, name="withdraw_invitation"),
    # /accounts/invitation/
    path("invitation/open/", invited.open_invitation, name="open_invitation"),
    path("invitation/accept/", invited.accept_invitation, name="accept_invitation"),
    path("invitation/<str:token>/", invited.invitation, name="invitation"),
]
