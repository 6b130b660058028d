from django.urls import path

from accounts import token_views, views

app_name = "accounts"
urlpatterns = [
    path("login/", views.sign_in, name="sign_in"),
    path("login/code/", views.enter_code, name="code"),
    path("logout/", views.sign_out, name="sign_out"),
    path("role/", views.role, name="role"),
    path("my/real-name/", views.real_name, name="real_name"),
    path("resend/", views.resend, name="resend"),
    path("my/tokens/", token_views.tokens, name="tokens"),
    path("my/tokens/<uuid:public_id>/revoke/", token_views.revoke, name="token_revoke"),
    path("staff/login/", views.staff_sign_in, name="staff_sign_in"),
]
