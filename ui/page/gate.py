"""What stands between the page's framework and the browser.

Gradio offers more routes than the page uses: uploads, files, a proxy, its own API. Only those
that the page needs are let through. And Gradio adds what a page wants in its head only when
its own script has run; that is too late for the language and the style sheet.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.problems import DETAIL_OF, REQUEST_ID, problem_body, problem_response

_FRAMEWORK = "/gradio_api/"
_USED = frozenset({"queue", "heartbeat", "cancel", "reset", "app_id", "startup-events"})


class PageGate:
    """ASGI middleware.

    Args:
        app: What lies inside.
        head: HTML for the head of the page at the root, put before everything else there.
    """

    def __init__(self, app: ASGIApp, *, head: str) -> None:
        self._app = app
        self._head = b"<head>\n" + head.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what the page doesn't use, complete its HTML, let the rest through."""
        path = scope.get("path", "")
        if path.startswith(_FRAMEWORK) and path.split("/")[2] not in _USED:
            request_id = scope["state"][REQUEST_ID]
            problem = problem_body(404, DETAIL_OF[404], request_id=request_id)
            await problem_response(problem)(scope, receive, send)
        elif path == "/" and scope["type"] == "http":
            await self._app(scope, receive, self._completing(send))
        else:
            await self._app(scope, receive, send)

    def _completing(self, send: Send) -> Send:
        """`send` that holds the page back until it is whole, and adds to its head."""
        start: Message = {}
        whole = bytearray()

        async def send_completed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            whole.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            body = bytes(whole).replace(b'lang="en"', b'lang="zh-CN"', 1)
            body = body.replace(b"<head>", self._head, 1)
            headers = MutableHeaders(raw=start["headers"])
            if "content-length" in headers and whole:
                headers["content-length"] = str(len(body))
            await send({**start, "headers": headers.raw})
            await send({"type": "http.response.body", "body": body})

        return send_completed
