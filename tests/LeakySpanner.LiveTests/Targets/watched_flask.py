"""A Flask application with endpoints that are counted under their rules."""

import os
import time

from flask import Flask, request

from leakyspanner import leakyspanner

app = Flask(__name__)


@app.get("/query/<q>")
def query(q):
    return {"q": q, "pid": os.getpid()}


@app.get("/first")
@app.get("/slow")
def slow():
    # Long enough for another worker to take the next request.
    time.sleep(0.05)
    return {"pid": os.getpid()}


@app.post("/orders/<int:order>/lines")
def add_line(order):
    return {"order": order, "lines": len(request.get_json())}


@app.get("/stream")
def stream():
    return (f"{number}\n" for number in range(20))


@app.get("/raises")
def raises():
    raise RuntimeError("on purpose")


leakyspanner(app)
