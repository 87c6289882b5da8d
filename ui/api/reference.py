"""The page at /docs: the OpenAPI document made readable, with nothing from another host."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse

ASSETS = Path(__file__).parents[1] / "assets"


def install_reference(app: FastAPI) -> None:
    """Serve the reference page and its two assets."""

    @app.get("/docs", include_in_schema=False)
    def reference_page() -> FileResponse:
        return FileResponse(ASSETS / "reference.html", media_type="text/html; charset=utf-8")

    @app.get("/docs/reference.js", include_in_schema=False)
    def reference_script() -> FileResponse:
        return FileResponse(ASSETS / "reference.js", media_type="text/javascript; charset=utf-8")

    @app.get("/docs/reference.css", include_in_schema=False)
    def reference_style() -> FileResponse:
        return FileResponse(ASSETS / "reference.css", media_type="text/css; charset=utf-8")
