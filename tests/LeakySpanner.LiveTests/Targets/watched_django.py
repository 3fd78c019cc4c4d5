"""A Django application in one file, with views that are counted under their patterns."""

import json
import os
import time

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse, StreamingHttpResponse
from django.urls import include, path

from leakyspanner import leakyspanner

settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="of a test", MIDDLEWARE=["django.middleware.common.CommonMiddleware"])


def query(request, q):
    return JsonResponse({"q": q, "pid": os.getpid()})


def slow(request):
    # Long enough for another worker to take the next request.
    time.sleep(0.05)
    return JsonResponse({"pid": os.getpid()})


def add_line(request, order):
    return JsonResponse({"order": order, "lines": len(json.loads(request.body))})


def stream(request):
    return StreamingHttpResponse(f"{number}\n" for number in range(20))


def raises(request):
    raise RuntimeError("on purpose")


urlpatterns = [
    path("query/<str:q>", query),
    path("first", slow),
    path("slow", slow),
    path("orders/", include([path("<int:order>/lines", add_line)])),
    path("stream", stream),
    path("raises", raises),
]

application = leakyspanner(get_wsgi_application())
