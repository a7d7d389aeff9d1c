"""The files of the dashboard and of /docs, from ``static/``."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

from server.answers import entity_tag, is_known

#: In a checkout beside the package, in a wheel inside it.
PLACES = (Path(__file__).parent / "static", Path(__file__).parent.parent / "static")
#: Whatever a machine's own table says.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


class Page(msgspec.Struct, frozen=True):
    """A file as it is served."""

    body: bytes
    tag: str
    media_type: str


class Shelf:
    """The static files, each read again only when it has changed."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._pages: dict[Path, tuple[int, Page]] = {}

    def find(self, name: str) -> Page | None:
        """None where there is no such file below the root; a folder means its index.html."""
        if "\0" in name:
            return None
        path = (self._root / name.lstrip("/")).resolve()
        if not path.is_relative_to(self._root):
            return None
        if path.is_dir():
            path /= "index.html"
        hidden = any(part.startswith(".") for part in path.relative_to(self._root).parts)
        return None if hidden or not path.is_file() else self._read(path)

    def _read(self, path: Path) -> Page:
        changed = path.stat().st_mtime_ns
        kept = self._pages.get(path)
        if kept is None or kept[0] != changed:
            kept = (changed, _page(path))
            self._pages[path] = kept
        return kept[1]


def _page(path: Path) -> Page:
    body = path.read_bytes()
    media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Page(body, entity_tag(body), media_type)


def static_root() -> Path:
    return next((place for place in PLACES if place.is_dir()), PLACES[-1])


def static_routes(root: Path) -> list[HTTPRouteHandler]:
    shelf = Shelf(root)

    @get(["/", "/{name:path}", "/docs", "/docs/{name:path}"], include_in_schema=False, sync_to_thread=False)
    def static_file(request: Request[Any, Any, Any]) -> Response[bytes]:
        found = shelf.find(request.url.path)
        if found is None:
            raise NotFoundException
        # Asked about every time: without a build step a name does not change with its content.
        headers = {"Cache-Control": "no-cache", "ETag": found.tag}
        if is_known(request, found.tag):
            return Response(b"", status_code=304, headers=headers)
        return Response(found.body, media_type=found.media_type, headers=headers)

    return [static_file]
