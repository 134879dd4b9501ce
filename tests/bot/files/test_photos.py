"""Photos lose what the camera wrote into them, and nothing else."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from bot.files.photos import NotAPicture, without_traces

_GPS, _ORIENTATION, _MAKER = 0x8825, 0x0112, 0x010F
PICTURE = Image.linear_gradient("L").resize((64, 32)).convert("RGB")


def taken(form: str, *, orientation: int = 1) -> bytes:
    """A photo as a telephone writes it, telling where and by whom."""
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_MAKER] = orientation, "HUAWEI P99"
    exif.get_ifd(_GPS).update({1: "N", 2: (36.0, 40.0, 1.0)})
    written: dict[str, object] = {"exif": exif, "xmp": b"<x>HUAWEI</x>", "comment": b"HUAWEI"}
    if form == "PNG":
        notes = PngInfo()
        notes.add_text("Author", "HUAWEI")
        written = {"exif": exif, "pnginfo": notes}
    if form == "WEBP":
        del written["comment"]
    out = BytesIO()
    PICTURE.save(out, form, **written)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_the_picture_stays_and_its_traces_go(form: str, orientation: int) -> None:
    photo = taken(form, orientation=orientation)
    assert b"HUAWEI" in photo
    cleaned = without_traces(photo)
    assert b"HUAWEI" not in cleaned
    with Image.open(BytesIO(cleaned)) as seen:
        assert seen.format == form
        assert not seen.getexif()
        expected = PICTURE if orientation == 1 else PICTURE.transpose(Image.Transpose.ROTATE_270)
        assert seen.size == expected.size
        assert max(ImageChops.difference(seen.convert("L"), expected.convert("L")).tobytes()) < 16


def test_a_picture_without_traces_is_not_touched() -> None:
    out = BytesIO()
    PICTURE.save(out, "JPEG")
    assert without_traces(out.getvalue()) == out.getvalue()


@given(st.binary(max_size=200), st.integers(0, 2000))
def test_spoiled_pictures_are_no_pictures(noise: bytes, at: int) -> None:
    photo = taken("JPEG")
    spoiled = photo[: at % len(photo)] + noise
    try:
        cleaned = without_traces(spoiled)
    except NotAPicture:
        return
    assert b"HUAWEI P99" not in cleaned
