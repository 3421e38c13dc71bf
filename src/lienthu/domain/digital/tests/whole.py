"""An object with everything an object can have, in the database and in the store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth import get_user_model

from lienthu.domain.digital import store
from lienthu.domain.digital.models import Collection, DigitalObject, MasterFile, Page, PageWork, Project, Section
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.services import publishing
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.network.models import Library
from lienthu.foundation.pagetext import model
from lienthu.foundation.pagetext.model import Box

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def words(text: str, source: str = "ocr") -> model.PageText:
    line = model.Line(tuple(model.words_in(text, Box(10, 20, 300, 40), 80)))
    return model.PageText(1000, 1400, (model.Block((line,)),), languages=("vie",), source=source, engine="tesseract 5")


def volume(library: Library, **fields: Any) -> DigitalObject:
    """An object with everything an object can have."""
    clerk = get_user_model().objects.create(username="hoa")
    closed = Collection.objects.create(library=library, code="gia-pha", name="Gia phả", closed=True)
    project = Project.objects.create(
        library=library, code="dia-chi", name="Địa chí", collection=closed, due=date(2027, 1, 31), languages=["vie"]
    )
    obj = DigitalObject.objects.create(
        public_id="abcdefghjkmn", library=library, collection=closed, project=project, assignee=clerk,
        title="Gia phả họ Vũ",
        description={"creator": ["Vũ Văn Hiếu"], "date": ["1925"]}, languages=["vie", "fra"], last_seq=4,
        due=date(2026, 12, 1), created_by="hoa", **fields,
    )  # fmt: skip
    names = ["masters/0001-a.tif", "masters/0002-b.tif"]
    store.preservation_store().create(
        store.store_id(obj), {name: name.encode() * 500 for name in names}, message="masters", user="hoa", at=AT
    )
    files = [
        MasterFile.objects.create(
            object=obj, sha256=store.preservation_store().inventory(store.store_id(obj)).sha256_of(name), path=name,
            name=name[13:], size=len(name) * 500, media_type="image/tiff", facts={"dpi": 300},
        )
        for name in names
    ]  # fmt: skip
    pages = [
        Page.objects.create(object=obj, seq=3, position=1, file=files[1], label="i", state="ready", width=10, height=20,
                            crop=[0, 0, 0.5, 1], quality={"dpi": 300}),
        Page.objects.create(object=obj, seq=1, position=2, file=files[0], label="1", state="ready", closed=True),
        Page.objects.create(object=obj, seq=4, position=3, state="missing"),
    ]  # fmt: skip
    for page in pages[:2]:
        store.picture_of(page, obj.public_id).parent.mkdir(parents=True, exist_ok=True)
        store.picture_of(page, obj.public_id).write_bytes(b"II*")
        PageWork.objects.create(page=page, object=obj, stage="picture", state="done", input_digest="d", seconds=1.5)
        PageWork.objects.create(page=page, object=obj, stage="text", state="done", attempts=2, engine="tesseract 5")
        set_text(page, words(f"Họ Vu trang {page.seq}"), actor=CLERK)
    Section.objects.create(object=obj, position=1, level=1, title="Số 1", page=pages[0], issued=date(1925, 1, 5))
    Section.objects.create(object=obj, position=2, level=2, title="Chi thứ nhất", page=pages[1])
    Section.objects.create(object=obj, position=3, level=1, title="Số 2")
    return obj


def rights(obj: DigitalObject, status: Status, **facts: Any) -> None:
    stated = publishing.Rights(status, "Luật SHTT", date(2026, 1, 2), **facts)
    publishing.record_rights(obj.public_id, stated, actor=CLERK)
