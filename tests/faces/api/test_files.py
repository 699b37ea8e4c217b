"""Attachments: taken in by content, kept apart from names, handed out under the record's rules."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kefu_admin import clock, settings
from kefu_admin.app import create_app
from kefu_admin.definitions import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations import files
from kefu_admin.operations.desk import Desk
from kefu_admin.store.database import Store
from kefu_admin.store.faults import CommitUnknown
from tests.conftest import PROJECTS
from tests.faces.desk import Served, serve

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def served(open_store: Callable[[Project], Store], tmp_path: Path) -> Served:
    """The small desk whose customers have papers and a photo; only supervisors see the photo."""
    shutil.copytree(PROJECTS / "small", tmp_path / "config")
    customer = tmp_path / "config" / "types" / "customer.yaml"
    text = customer.read_text("utf-8")
    fields = (
        "  papers: {type: attachments, label: {zh: 资料, en: Papers}}\n"
        "  photo: {type: image, label: {zh: 照片, en: Photo}}\nunique:\n"
    )
    customer.write_text(text.replace("unique:\n", fields, 1), "utf-8")
    clerk = tmp_path / "config" / "roles" / "clerk.yaml"
    hidden = clerk.read_text("utf-8").replace(
        'fields: {"*": edit, phone:', 'fields: {photo: [], "*": edit, phone:', 1
    )
    clerk.write_text(hidden, "utf-8")
    project = load(tmp_path / "config")
    desk = Desk(project, open_store(project))
    here = settings.read({}, data=str(tmp_path), max_upload_mib="1")
    return serve(create_app(here, desk=desk), desk, here, now=clock.now())


def upload(
    served: Served, content: bytes, name: str, *, field: str = "papers", who: str = "supervisor"
) -> tuple[int, dict[str, object]]:
    # Written by hand: the test client would keep large bodies in a file it leaves open.
    parts = [("field", field.encode(), ""), ("file", content, f'; filename="{name}"')]
    body = b"".join(
        f'--B\r\nContent-Disposition: form-data; name="{key}"{more}\r\n\r\n'.encode()
        + value
        + b"\r\n"
        for key, value, more in parts
    )
    answer = served.as_(who).post(
        "/api/v1/customer/files",
        data=body + b"--B--\r\n",
        content_type="multipart/form-data; boundary=B",
    )
    return answer.status_code, answer.json


def customer_with(served: Served, **values: object) -> str:
    """A customer of the first department; answers its path."""
    sent = {"name": "甲", "kind": "company", "department": served.departments["一部"], **values}
    answer = served.as_("supervisor").post("/api/v1/customer", json=sent)
    assert answer.status_code == 201, answer.json
    return f"/api/v1/customer/{answer.json['data']['id']}"


def test_a_file_is_uploaded_claimed_and_handed_out(served: Served) -> None:
    status, body = upload(served, PDF, "合同.pdf")
    file = body["data"]
    path = customer_with(served, papers=[file["id"]])

    read = served.as_("clerk").get(path).json["data"]["values"]["papers"]
    answer = served.as_("clerk").get(f"{path}/files/{file['id']}")

    assert status == 201
    assert read == [file]
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_name_a_file_came_with_is_nowhere_on_disk(served: Served) -> None:
    upload(served, PDF, "../../etc/passwd.pdf")

    kept = [
        path for path in (served.desk.store.data_directory / "files").rglob("*") if path.is_file()
    ]
    assert len(kept) == 1
    assert "passwd" not in kept[0].name


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.pdf"),
        (b"<svg onload='alert(1)'/>", "drawing.svg"),
        (b"<html><script>alert(1)</script>", "page.html"),
        (b"<html><script>alert(1)</script>", "page.jpg"),
        (PNG, "picture.pdf"),
        (PNG, "picture.html;.exe"),
        (b"MZ\x90\0", "tool.exe"),
        (b"PK\x03\x04rubbish", "table.xlsx"),
        (b"GIF89a", "dot.gif"),
        (b"text\0with nul", "note.txt"),
        (PDF, "."),
        (PDF, "..pdf/"),
        (PDF, "a" * 300 + ".pdf"),
        (PDF, "evil\u202efdp.pdf"),
        (PDF + b"x" * 1_048_576, "large.pdf"),
    ],
)
def test_what_is_not_on_the_list_is_refused_and_leaves_nothing(
    served: Served, content: bytes, name: str
) -> None:
    status, body = upload(served, content, name)

    assert status == 422, body
    assert body["errors"][0]["field"] == "file"
    assert body["errors"][0]["message"]
    directory = served.desk.store.data_directory / "files"
    assert [path for path in directory.rglob("*") if path.is_file()] == []


def test_a_file_far_too_large_is_cut_off(served: Served) -> None:
    assert upload(served, PDF + b"x" * 3_000_000, "large.pdf")[0] == 413


def test_an_image_field_takes_images_only(served: Served) -> None:
    assert upload(served, PDF, "contract.pdf", field="photo")[0] == 422
    assert upload(served, PNG, "face.png", field="photo")[0] == 201


@pytest.mark.parametrize("field", ["name", "nothing"])
def test_only_file_fields_take_files(served: Served, field: str) -> None:
    status, body = upload(served, PDF, "a.pdf", field=field)

    assert (status, body["errors"][0]["field"]) == (422, field)


def test_anothers_upload_cannot_be_claimed(served: Served) -> None:
    file = upload(served, PDF, "a.pdf", who="clerk")[1]["data"]

    answer = served.as_("supervisor").post(
        "/api/v1/customer", json={"name": "甲", "kind": "company", "papers": [file["id"]]}
    )

    assert answer.status_code == 422


def test_a_file_of_a_hidden_record_or_field_is_not_there(served: Served) -> None:
    paper = upload(served, PDF, "a.pdf")[1]["data"]["id"]
    photo = upload(served, PNG, "face.png", field="photo")[1]["data"]["id"]
    path = customer_with(served, papers=[paper], photo=photo)
    other = customer_with(served, name="乙")

    assert served.as_("supervisor").get(f"{path}/files/{photo}").status_code == 200
    assert served.as_("clerk").get(f"{path}/files/{paper}").status_code == 200
    refused = [
        served.as_("clerk").get(f"{path}/files/{photo}"),
        served.as_("other_clerk").get(f"{path}/files/{paper}"),
        served.as_("supervisor").get(f"{other}/files/{paper}"),
        served.as_("supervisor").get(f"{path}/files/987654"),
        served.as_("nobody").get(f"{path}/files/{paper}"),
    ]
    assert {answer.status_code for answer in refused} == {404}
    assert len({answer.data for answer in refused}) == 1


def test_uploads_nobody_claims_are_swept_away_after_a_day(served: Served) -> None:
    kept = upload(served, PDF, "kept.pdf")[1]["data"]["id"]
    upload(served, PDF, "left.pdf")
    path = customer_with(served, papers=[kept])
    now = clock.now()

    with served.desk.store.connection():
        assert files.sweep(served.desk, now=now) == 0
        assert files.sweep(served.desk, now=now + timedelta(hours=25)) == 1

    assert served.as_("supervisor").get(f"{path}/files/{kept}").data == PDF


def marks_and_files(served: Served) -> tuple[int, int]:
    """How many marks and how many files lie in the data directory."""
    top = served.desk.store.data_directory / "files"
    return len([*top.glob(".*")]), len([*top.glob("*/*")])


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_a_crash_left_of_an_upload_is_swept_away_after_a_day(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> int:
        raise CommitUnknown

    upload(served, PDF, "kept.pdf")
    with monkeypatch.context() as patch:  # the process ends without a word
        patch.setattr(files.attachments, "add", lost)
        assert upload(served, PDF, "lost.pdf")[0] == 503
    assert marks_and_files(served) == (1, 2)
    now = clock.now()

    with served.desk.store.connection():
        files.sweep(served.desk, now=now + timedelta(hours=23))
        assert marks_and_files(served) == (1, 2)
        files.sweep(served.desk, now=now + timedelta(hours=25))

    assert marks_and_files(served) == (0, 0)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_full_disk_is_said_plainly_and_leaves_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)

    status, body = upload(served, PDF, "large.pdf")

    assert (status, body["errors"][0]["code"]) == (503, "no_space")
    assert marks_and_files(served) == (0, 0)
