"""Addresses of the staff pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lienthu.faces.web.staff.views import (
    batch,
    check,
    copies,
    export,
    findings,
    home,
    imports,
    joining,
    quality,
    records,
    systems,
    trial,
    union,
)

app_name = "staff"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", batch.batch, name="batch"),
    path("imports/<int:pk>/check/", check.check, name="import_check"),
    path("imports/<int:pk>/copies/", copies.copies, name="import_copies"),
    path("imports/<int:pk>/trial/", trial.trial, name="import_trial"),
    path("imports/<int:pk>/report/", joining.report, name="joining_report"),
    path("imports/<int:pk>/report/<slug:kind>/", joining.report_file, name="joining_file"),
    path("imports/<int:pk>/report-delete/", joining.delete_report, name="joining_delete"),
    path("imports/<int:pk>/start/", batch.start, name="import_start"),
    path("imports/<int:pk>/undo/", batch.undo, name="import_undo"),
    path("imports/<int:pk>/discard/", batch.discard_file, name="import_discard"),
    path("imports/<int:pk>/file/", batch.original_file, name="import_file"),
    path("imports/<int:pk>/problems/<slug:code>/", findings.problems, name="import_problems"),
    path("imports/<int:pk>/quarantine/", findings.quarantine, name="import_quarantine"),
    path("imports/<int:pk>/quarantine/<int:ordinal>/", findings.piece, name="import_piece"),
    path("imports/<int:pk>/quarantine/<int:ordinal>/bytes/", findings.piece_bytes, name="import_piece_bytes"),
    path("systems/<int:pk>/", systems.system, name="system"),
    path("systems/<int:pk>/read/", systems.read, name="system_read"),
    path("records/", records.records, name="records"),
    path("records/<int:pk>/", records.record, name="record"),
    path("records/<int:pk>/revisions/<int:number>/", records.revision, name="record_revision"),
    path("records/<int:pk>/revisions/<int:number>/bytes/", records.revision_bytes, name="record_bytes"),
    path("records/<int:pk>/set-apart/", union.set_apart, name="record_set_apart"),
    path("records/<int:pk>/bring-together/", union.bring_together, name="record_bring_together"),
    path("quality/", quality.quality, name="quality"),
    path("quality/report/<slug:kind>/", quality.quality_file, name="quality_file"),
    path("quality/lists/<slug:what>/", quality.quality_list, name="quality_list"),
    path("quality/lists/<slug:what>/csv/", quality.quality_csv, name="quality_csv"),
    path("export/", export.export, name="export"),
]
