"""What is answered over HTTP: `/ping`, `/predict`, and for anything else a refusal in JSON that names the rule."""

import asyncio
import csv
import io
import logging
from collections.abc import Awaitable, Callable

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sweep.export.answer import LABEL, Answers, answer, probability_column
from sweep.export.bundle import Bundle
from sweep.serving.request import CSV, JSON, Question, Refusal, read_question

MOST_BYTES = 16 << 20
DRAINED = (
    4 * MOST_BYTES
)  # so much is read, so that the sender hears why, and not only that the line is closed
BODY_S = 30.0  # within which a body must have come
HOSTS = ("127.0.0.1", "localhost")  # a page of another name cannot ask by pointing its name here

_log = logging.getLogger(__name__)
Answering = Callable[[Request], Awaitable[Response]]


def make_app(bundle: Bundle, name: str, *, threads: int = 1) -> Starlette:
    """Build the application.

    Args:
        bundle: the exported model.
        name: what the model is called.
        threads: requests that are computed at the same time.

    Returns:
        An ASGI application.
    """
    at_once: list[
        anyio.CapacityLimiter
    ] = []  # belongs to the event loop, which is not running yet
    probability = probability_column(bundle.labels[1])

    async def ping(_: Request) -> Response:
        return JSONResponse({"status": "ok", "model": name, "labels": list(bundle.labels)})

    async def predict(request: Request) -> Response:
        body = await _body(request)
        if not at_once:
            at_once.append(anyio.CapacityLimiter(threads))

        def work() -> Response:
            form = request.headers.get("content-type", "")
            question = read_question(body, form, request.query_params.get("text"))
            found = answer(bundle, question.texts)
            return _written(question, found, probability, bundle.decision.threshold)

        return await anyio.to_thread.run_sync(work, limiter=at_once[0])

    routes = [
        Route("/ping", _guarded(ping), methods=["GET"]),
        Route("/predict", _guarded(predict), methods=["POST"]),
    ]
    handlers = {HTTPException: _no_route, Exception: _bug}
    return Starlette(routes=routes, exception_handlers=handlers)


def _guarded(answering: Answering) -> Answering:
    async def guarded(request: Request) -> Response:
        host = request.headers.get("host", "").rpartition(":")
        if (host[0] or host[2]) not in HOSTS:
            return _refused(400, f"The header Host must be one of {', '.join(HOSTS)}.")
        try:
            return await answering(request)
        except Refusal as refusal:
            return _refused(refusal.status, refusal.rule)
        except ClientDisconnect:
            return _refused(400, "The connection was closed before the whole body had come.")

    return guarded


async def _body(request: Request) -> bytes:
    packed = request.headers.get("content-encoding", "identity").lower()
    if packed != "identity":
        raise Refusal(415, f"The body must not be packed, but its encoding is {packed[:40]!r}.")
    too_large = Refusal(
        413,
        f"A body holds at most {MOST_BYTES} bytes. Ask in several requests; for a file there is "
        "`python -m sweep predict`.",
    )
    length = request.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 15 or int(length) > DRAINED):
        raise too_large
    body = bytearray()
    came = 0
    try:
        async with asyncio.timeout(BODY_S):
            async for block in request.stream():
                came += len(block)
                if came <= MOST_BYTES:
                    body += block
                elif came > DRAINED:
                    break
    except TimeoutError:
        raise Refusal(408, f"The whole body must come within {BODY_S:.0f} seconds.") from None
    if came > MOST_BYTES:
        raise too_large
    return bytes(body)


def _written(question: Question, found: Answers, probability: str, threshold: float) -> Response:
    probabilities, labels = found.cells()
    if question.form == JSON:
        cells = zip(probabilities, labels, strict=True)
        answers = [{probability: p, LABEL: label} for p, label in cells]
        return JSONResponse({"answers": answers, "threshold": threshold})
    text = io.StringIO(newline="")
    # Every text is enclosed: a carriage return in one would end the line for some readers.
    lines = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    lines.writerow([question.column, probability, LABEL])
    lines.writerows(zip(question.texts, probabilities, labels, strict=True))
    content = text.getvalue().encode("utf-8", "replace")
    return Response(content, media_type=CSV, headers={"x-threshold": repr(threshold)})


def _refused(status: int, rule: str) -> Response:
    content = JSONResponse({"error": rule.encode("utf-8", "replace").decode()}, status)
    content.headers["connection"] = "close"  # what is left of a body is not read
    return content


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    there = "There are GET /ping and POST /predict."
    return _refused(status, f"{request.method} {request.url.path[:100]} is not answered. {there}")


async def _bug(request: Request, error: Exception) -> Response:
    _log.error("a request was not answered", exc_info=error)
    return _refused(500, "The server has made a mistake; its log says more.")
