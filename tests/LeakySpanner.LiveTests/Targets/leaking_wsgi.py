"""Keeps 100 KB of every request."""
at_start = [bytes(1000) for _ in range(5000)]
kept = []


def app(environ, start_response):
    kept.append([bytes(1000) for _ in range(100)])  # line: leak
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
