"""Which content types a route takes."""

from email.message import Message

from fastapi import HTTPException, Request


def media_type(request: Request) -> str:
    """What the body is declared as, without parameters."""
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    return message.get_content_type()


def json_only(request: Request) -> None:
    """Refuse a body that is not declared as JSON."""
    if media_type(request) != "application/json":
        raise HTTPException(415, "请求正文应为 JSON：Content-Type: application/json。")


def multipart_only(request: Request) -> None:
    """Refuse an upload that is no multipart form."""
    if media_type(request) != "multipart/form-data":
        raise HTTPException(415, "上传文件请用 multipart/form-data，文件放在 files 字段。")
