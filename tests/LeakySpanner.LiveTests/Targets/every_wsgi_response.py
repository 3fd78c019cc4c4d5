"""The responses of every_response.py as far as WSGI knows them, by Flask and by bare applications. With SHIM=1 the app is watched."""

import os

from flask import Flask, Response, abort, jsonify, redirect, request, send_file, stream_with_context

FOLDER = os.environ["FOLDER"]
app = Flask(__name__, static_folder=FOLDER, static_url_path="/static")
seen = {"closed": 0}


@app.get("/json")
def json_answer():
    return jsonify(text="snowman", number=1.5)


@app.get("/text")
def text():
    return "plain", {"Content-Type": "text/plain"}


@app.get("/items/<int:item>")
def item(item):
    return {"item": item}


@app.get("/redirect")
def to_json():
    return redirect("/json", 307)


@app.get("/file")
def file():
    return send_file(os.path.join(FOLDER, "data.txt"), as_attachment=True, conditional=True)


@app.get("/stream")
def stream():
    pieces = request.args.get("pieces", 5, int)
    return Response(stream_with_context(chr(65 + number % 26) * 9 for number in range(pieces)), mimetype="text/plain")


@app.get("/cookies")
def cookies():
    response = jsonify(visits=int(request.cookies.get("visits", 0)))
    response.set_cookie("visits", "42", httponly=True)
    response.set_cookie("theme", "dark")
    return response


@app.route("/no-content", methods=["GET", "DELETE"])
def no_content():
    return "", 204


@app.get("/not-modified")
def not_modified():
    return "", 304, {"ETag": '"1"'}


@app.get("/teapot")
def teapot():
    abort(418)


@app.get("/raises")
def raises():
    raise RuntimeError("on purpose")


@app.get("/raises-late")
def raises_late():
    def parts():
        yield b"the beginning"
        raise RuntimeError("on purpose, after the answer began")
    return Response(parts())


@app.get("/raises-at-once")
def raises_at_once():
    def parts():
        raise RuntimeError("on purpose, before the answer began")
        yield b""
    return Response(parts())


@app.post("/echo")
def echo():
    return Response(request.get_data(), mimetype=request.headers.get("Content-Type", "application/octet-stream"))


@app.post("/no-body-read")
def no_body_read():
    return "not looked at"


@app.get("/scope/<path:part>")
def scope(part):
    names = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL", "wsgi.url_scheme", "HTTP_X_ONE")
    return {name: request.environ.get(name) for name in names}


@app.get("/seen/<what>")
def seen_so_far(what):
    return {what: seen[what]}


class Closing:
    """A body that must be closed exactly once, whatever happens."""

    def __init__(self, parts):
        self.parts = iter(parts)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.parts)

    def close(self):
        seen["closed"] += 1


def bare(environ, start_response):
    """What frameworks do not do: write(), a body of many kinds, start_response called again with exc_info."""
    kind = environ["PATH_INFO"]
    if kind == "/bare/write":
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"written, ")
        return [b"then returned"]
    if kind == "/bare/closing":
        start_response("200 Fine", [("X-Kind", "closing"), ("Content-Length", "6")])
        return Closing([b"ab", b"", b"cdef"])
    if kind == "/bare/again":
        start_response("200 OK", [("Content-Type", "text/plain")])
        try:
            raise ValueError("on purpose")
        except ValueError:
            import sys
            start_response("503 Later", [("Content-Type", "text/plain")], sys.exc_info())
        return [b"later"]
    if kind == "/bare/late-start":
        def parts():
            start_response("200 OK", [("Content-Type", "text/plain")])
            yield b"started late"
        return parts()
    if kind == "/bare/file":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return environ["wsgi.file_wrapper"](open(os.path.join(FOLDER, "data.txt"), "rb"))
    if kind == "/bare/empty":
        start_response("200 OK", [])
        return []
    if kind == "/bare/raises":
        raise RuntimeError("on purpose")
    return None


def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/bare/"):
        return bare(environ, start_response)
    return app.wsgi_app(environ, start_response)


if os.environ.get("SHIM") == "1":
    import leakyspanner

    application = leakyspanner.leakyspanner(application)
