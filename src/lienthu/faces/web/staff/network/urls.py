"""Addresses of the staff screens of the network."""

from django.urls import path

from lienthu.faces.web.staff.network.views import audit, edit, events, exchange, libraries, offers, roles, units

app_name = "staff_network"
urlpatterns = [
    path("", libraries.libraries, name="libraries"),
    path("new/", edit.new_library, name="new"),
    path("export.csv", exchange.export, name="export"),
    path("export.zip", exchange.export_all, name="export_all"),
    path("import/", exchange.upload, name="import"),
    path("import/<slug:sha256>/", exchange.report, name="import_report"),
    path("audit/", audit.trail, name="audit"),
    path("units/", units.units, name="units"),
    path("units/new/", units.new_unit, name="unit_new"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/edit/", units.edit_unit, name="unit_edit"),
    path("units/<int:pk>/rename/", units.rename_unit, name="unit_rename"),
    path("units/<int:pk>/end/", units.end_unit, name="unit_end"),
    path("<int:pk>/", libraries.library, name="library"),
    path("<int:pk>/services/", libraries.services, name="services"),
    path("<int:pk>/history/", libraries.history, name="history"),
    path("<int:pk>/roles/", roles.roles, name="roles"),
    path("<int:pk>/edit/", edit.edit_library, name="edit"),
    path("<int:pk>/event/", events.choose, name="event"),
    path("<int:pk>/event/<slug:kind>/", events.record, name="event_record"),
    path("<int:pk>/branches/new/", offers.new_branch, name="branch_new"),
    path("<int:pk>/branches/<int:branch>/", offers.edit_branch, name="branch_edit"),
    path("<int:pk>/branches/<int:branch>/close/", offers.end_branch, name="branch_close"),
    path("<int:pk>/services/new/", offers.new_service, name="service_new"),
    path("<int:pk>/services/<int:offer>/end/", offers.stop_service, name="service_end"),
    path("<int:pk>/hours/", offers.hours, name="hours"),
    path("<int:pk>/closed-days/new/", offers.new_closed_day, name="closed_day_new"),
    path("<int:pk>/closed-days/<int:day>/remove/", offers.drop_closed_day, name="closed_day_remove"),
    path("<int:pk>/addresses/new/", offers.new_address, name="address_new"),
    path("<int:pk>/addresses/<int:address>/end/", offers.stop_address, name="address_end"),
    path("<int:pk>/roles/<int:assignment>/revoke/", roles.revoke, name="role_revoke"),
    path("province/roles/", roles.province, name="province_roles"),
    path("province/roles/<int:assignment>/revoke/", roles.revoke_province, name="province_role_revoke"),
]
