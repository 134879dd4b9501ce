"""Files: known by their content, given back only to those who hold a good link, never outside their place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import FormData

from channels.app.uploads import ALLOWED, sniff
from channels.message import Kind
from tests.channels.app.conftest import API, JPEG, arrive

HEADS = {
    "image/jpeg": b"\xff\xd8\xff\xe1\x00\x10Exif\0\0MM\0*",
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "image/gif": b"GIF89a\1\0\1\0",
    "image/webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "image/heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "application/pdf": b"%PDF-1.7\n",
    "video/mp4": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41",
    "video/quicktime": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "video/webm": b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm",
    "audio/amr": b"#!AMR\n\x3c",
    "audio/mpeg": b"ID3\x03\0\0\0",
    "audio/mp4": b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42isom",
    "audio/x-wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "audio/ogg": b"OggS\0\2\0\0",
}


def test_every_allowed_type_is_known_by_its_content():
    assert {sniff(head + b"\0" * 300) for head in HEADS.values()} == set(ALLOWED)
    assert all(sniff(head + b"\0" * 300) == media_type for media_type, head in HEADS.items())


async def test_a_photo_is_kept_sent_and_shown(client, citizen, house):
    kept = await (await citizen.upload(JPEG, name="../../etc/passwd .php")).json()
    assert (kept["media_type"], kept["size"]) == ("image/jpeg", len(JPEG))
    assert house.names == ["passwd.jpg"]
    assert (await citizen.send({"type": "file", "file_id": kept["file_id"], "text": "就是这里"})).status == 201
    (message,) = house.received
    (photo,) = message.attachments
    assert (message.kind, message.text, photo.stored) == (Kind.IMAGE, "就是这里", "f1")
    (shown,) = (await citizen.read())[0]["files"]
    answer = await client.get(shown["url"])
    assert (answer.status, answer.content_type, await answer.read()) == (200, "image/jpeg", JPEG)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline")


async def test_a_document_is_downloaded_not_opened(client, citizen):
    kept = await (await citizen.upload(HEADS["application/pdf"], name="合同.pdf")).json()
    assert (await client.get(kept["url"])).headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        b"MZ\x90\0" + b"\0" * 60,
        b"PK\3\4" + b"\0" * 60,
        b"#!/bin/sh\n",
        "就是一段文字".encode(),
    ],
)
async def test_a_name_does_not_make_a_photo(citizen, house, content):
    answer = await citizen.upload(content, name="photo.jpg")
    assert (answer.status, (await answer.json())["code"]) == (415, "bad_type")
    assert not house.files


async def test_nothing_empty_and_nothing_huge(serve, house):
    client = await serve(limits={"upload_bytes": 100_000})
    citizen = await arrive(client)
    assert (await (await citizen.upload(b"")).json())["code"] == "empty_file"
    assert (await citizen.upload(JPEG + b"\0" * 110_000)).status == 413

    async def slowly():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + JPEG
        for _ in range(20):
            yield b"\0" * 10_000

    headers = citizen.bearer | {"Content-Type": "multipart/form-data; boundary=b"}
    assert (await client.post(f"{API}/uploads", headers=headers, data=slowly())).status == 413
    assert not house.files


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--\r\n",
        ),
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
        ("multipart/form-data; boundary=b", b"no boundary at all"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n',
        ),
        ("multipart/form-data; boundary=b", b"--b\r\nbroken header\r\n\r\nx\r\n--b--\r\n"),
    ],
)
async def test_a_broken_form_is_refused(client, citizen, content_type, data):
    answer = await client.post(f"{API}/uploads", headers=citizen.bearer | {"Content-Type": content_type}, data=data)
    assert (answer.status, (await answer.json())["code"]) == (400, "bad_upload")


async def test_nobody_sends_anothers_file(client, citizen, house):
    kept = await (await citizen.upload(JPEG)).json()
    thief = await arrive(client)
    for claim in (kept["file_id"], "f1", "f1.", "f1." + "0" * 40, "f2." + kept["file_id"].split(".")[1]):
        assert (await thief.send({"type": "file", "file_id": claim})).status == 422
    assert not house.received


async def test_links_run_out_and_cannot_be_bent(client, citizen, house):
    url = (await (await citizen.upload(JPEG)).json())["url"]
    secret = house.folder / "f9"
    secret.write_bytes(b"secret")
    bent = [
        url.replace("f1?", "f9?"),
        url.replace("f1?", "..%2F..%2Fetc%2Fpasswd?"),
        url.replace("expires=", "expires=9"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.split("?")[0],
        url.split("?")[0] + "?expires=%D9%A1&signature=%FF",
    ]
    assert [(await client.get(link)).status for link in bent] == [403] * len(bent)
    house.shift = timedelta(minutes=61)
    assert (await client.get(url)).status == 403


async def test_a_file_that_is_gone_is_404(client, citizen, house):
    url = (await (await citizen.upload(JPEG)).json())["url"]
    house.files["f1"].path.unlink()
    assert (await client.get(url)).status == 404


async def test_uploads_need_a_session_and_have_a_limit(serve):
    client = await serve(limits={"uploads_per_session": {"burst": 1, "per_second": 0.1}})
    form = FormData()
    form.add_field("file", JPEG, filename="a.jpg")
    assert (await client.post(f"{API}/uploads", data=form)).status == 401
    citizen = await arrive(client)
    assert [(await citizen.upload(JPEG)).status for _ in range(2)] == [201, 429]
