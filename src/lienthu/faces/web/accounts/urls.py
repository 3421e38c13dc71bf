"""Addresses of the account pages."""

from django.urls import path

from lienthu.faces.web.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.ChangePassword.as_view(), name="password_change"),
]
