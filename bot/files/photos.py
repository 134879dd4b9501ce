"""Photos as others may see them: the picture, without what the camera wrote into it (where, when, whose telephone)."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

_FORMATS = ("JPEG", "PNG", "WEBP")
_COLOURS = ("icc_profile",)
"""The only thing beside the pixels that makes the picture look as it does."""
_UPRIGHT, _ORIENTATION = 1, 0x0112
_QUALITY = 92

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""Pictures a browser shows. A GIF holds no traces of a camera."""
CLEANED = SHOWN - {"image/gif"}
"""Pictures that :func:`without_traces` reads."""


class NotAPicture(ValueError):
    """The bytes cannot be shown as a picture, whatever they call themselves."""


def without_traces(content: bytes) -> bytes:
    """The same picture, upright, with no EXIF, XMP, IPTC, comment or text in it (domain.md: photos, EXIF stripped).

    A picture that carries none comes back as it is, byte for byte. Raises :class:`NotAPicture`.
    """
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as photo:
            photo.load()
            return _written_anew(photo) if _traces(photo) else content
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
        raise NotAPicture("not a picture that can be shown") from problem


def _traces(photo: Image.Image) -> bool:
    told = {"exif", "xmp", "photoshop", "comment", "Raw profile type exif", "XML:com.adobe.xmp", "mp"}
    texts = getattr(photo, "text", {})
    return bool(texts or told & photo.info.keys() or photo.getexif())


def _written_anew(photo: Image.Image) -> bytes:
    # Some telephones write several pictures into one file (MPO); the first is the photo.
    form = "JPEG" if photo.format in ("JPEG", "MPO") else photo.format
    moving = form != "JPEG" and getattr(photo, "n_frames", 1) > 1
    turned = not moving and photo.getexif().get(_ORIENTATION, _UPRIGHT) != _UPRIGHT
    how = {name: photo.info[name] for name in _COLOURS if name in photo.info}
    if photo.format == "JPEG" and not turned:
        how["quality"] = "keep"  # the pixels keep the very steps they were stored in
    elif form != "PNG":
        how["quality"] = _QUALITY
    if moving:
        how["save_all"] = True
    upright = ImageOps.exif_transpose(photo) if turned else photo
    upright.info = {}
    out = BytesIO()
    upright.save(out, format=form, **how)
    return out.getvalue()
