from django.urls import path

from accounts import (
    factor_views,
    kiosk_views,
    password_views,
    phone_views,
    reset_views,
    session_views,
    staff_views,
    token_views,
    views,
)

app_name = "accounts"
urlpatterns = [
    path("login/", views.sign_in, name="sign_in"),
    path("login/code/", views.enter_code, name="code"),
    path("login/password/", views.password_sign_in, name="password_sign_in"),
    path("password/", password_views.password, name="password"),
    path("logout/", views.sign_out, name="sign_out"),
    path("role/", views.role, name="role"),
    path("my/phone/", phone_views.own_phone, name="phone"),
    path("desk/kiosk/", kiosk_views.keep, name="kiosk"),
    path("kiosk/over/", kiosk_views.over, name="kiosk_over"),
    path("desk/phones/", phone_views.counter, name="phones"),
    path("my/real-name/", views.real_name, name="real_name"),
    path("desk/identities/", views.confirm_identity, name="confirm_identity"),
    path("resend/", views.resend, name="resend"),
    path("my/tokens/", token_views.tokens, name="tokens"),
    path("my/tokens/<uuid:public_id>/revoke/", token_views.revoke, name="token_revoke"),
    path("staff/login/", views.staff_sign_in, name="staff_sign_in"),
    path("staff/login/second/", factor_views.second_step, name="second_step"),
    path("staff/welcome/<str:token>/", staff_views.welcome, name="welcome"),
    path("manage/resets/", reset_views.resets, name="resets"),
    path("sessions/", session_views.sessions, name="sessions"),
    path("step-up/", session_views.step_up, name="step_up"),
    path("staff/factors/", factor_views.factors, name="factors"),
    path("staff/factors/app/", factor_views.add_app, name="factor_app"),
    path("staff/factors/key/", factor_views.add_key, name="factor_key"),
]
