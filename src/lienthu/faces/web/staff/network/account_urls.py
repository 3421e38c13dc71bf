"""Addresses of the screens on which accounts are looked after."""

from django.urls import path

from lienthu.faces.web.staff.network.views import accounts

app_name = "staff_accounts"
urlpatterns = [
    path("", accounts.accounts, name="list"),
    path("new/", accounts.new_account, name="new"),
    path("<int:pk>/", accounts.account, name="account"),
    path("<int:pk>/password/", accounts.new_password, name="password"),
    path("<int:pk>/switch/", accounts.switch, name="switch"),
    path("<int:pk>/release/", accounts.release, name="release"),
    path("<int:pk>/roles/<int:assignment>/revoke/", accounts.revoke, name="revoke"),
]
