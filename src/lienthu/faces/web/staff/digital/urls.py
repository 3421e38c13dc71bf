"""Addresses of the digitisation desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lienthu.faces.web.staff.digital.views import (
    board,
    correction,
    overview,
    pages,
    profiles,
    projects,
    quality,
    rights,
    rules,
    titles,
    uploads,
)

app_name = "staff_digital"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", board.board, name="board"),
    path("titles/", titles.listed, name="titles"),
    path("titles/file.<slug:kind>", titles.file, name="titles_file"),
    path("upload/", uploads.upload, name="upload"),
    path("uploads/<slug:token>/", uploads.delivery, name="delivery"),
    path("uploads/<slug:token>/finish/", uploads.finish, name="delivery_finish"),
    path("uploads/<slug:token>/files/", uploads.create, name="upload_create"),
    path("uploads/<slug:token>/files/<slug:name>/", uploads.file, name="upload_file"),
    path("projects/", projects.project_list, name="projects"),
    path("projects/new/", projects.new, name="project_new"),
    path("projects/<int:pk>/", projects.edit, name="project"),
    path("projects/<int:pk>/plan/", projects.plan, name="project_plan"),
    path("profiles/", profiles.profiles, name="profiles"),
    path("profiles/new/", profiles.new, name="profile_new"),
    path("profiles/<slug:code>/", profiles.profile, name="profile"),
    path("profiles/<slug:code>/drop/", profiles.drop, name="profile_drop"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<slug:status>/", rules.rule, name="rule"),
    path("objects/<slug:public_id>/", overview.overview, name="object"),
    path("objects/<slug:public_id>/card/", board.card, name="card"),
    path("objects/<slug:public_id>/step/", overview.step, name="step"),
    path("objects/<slug:public_id>/assign/", overview.assign, name="assign"),
    path("objects/<slug:public_id>/describe/", overview.describe, name="describe"),
    path("objects/<slug:public_id>/quality/", quality.quality, name="quality"),
    path("objects/<slug:public_id>/quality/again/", quality.again, name="quality_again"),
    path("objects/<slug:public_id>/rights/", rights.rights, name="rights"),
    path("objects/<slug:public_id>/publish/", rights.publish, name="publish"),
    path("objects/<slug:public_id>/withdraw/", rights.withdraw, name="withdraw"),
    path("objects/<slug:public_id>/take-down/", rights.take_down, name="take_down"),
    path("objects/<slug:public_id>/lift/", rights.lift, name="lift"),
    path("objects/<slug:public_id>/texts/", correction.texts, name="texts"),
    path("objects/<slug:public_id>/texts/<int:seq>/", correction.data, name="text_data"),
    path("objects/<slug:public_id>/texts/<int:seq>/save/", correction.save, name="text_save"),
    path("objects/<slug:public_id>/texts/<int:seq>/revert/", correction.revert, name="text_revert"),
    path("objects/<slug:public_id>/pages/", pages.pages, name="pages"),
    path("objects/<slug:public_id>/pages/data/", pages.data, name="pages_data"),
    path("objects/<slug:public_id>/pages/waiting/", pages.waiting, name="pages_waiting"),
    path("objects/<slug:public_id>/pages/some/", pages.some, name="pages_some"),
    path("objects/<slug:public_id>/pages/act/", pages.act, name="pages_act"),
    path("objects/<slug:public_id>/pages/preview/", pages.preview, name="pages_preview"),
]
