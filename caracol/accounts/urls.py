from __future__ import annotations

from django.urls import path

from caracol.accounts.views import account, door, members, password, recovery_code, sessions

app_name = "accounts"

urlpatterns = [
    path("", account.account, name="account"),
    path("login/", door.login, name="login"),
    path("logout/", door.logout, name="logout"),
    path("unlock/", door.unlock, name="unlock"),
    # /accounts/password/
    path("password/", password.password, name="password"),
    path("password/forgotten/", password.forgotten, name="forgotten"),
    path("password/known/", password.somebody_knows, name="somebody_knows"),
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
]
