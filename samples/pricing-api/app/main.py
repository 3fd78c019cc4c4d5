from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from .routers import quotes

app = FastAPI(title="pricing-api")
app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example"], allow_methods=["GET"])
app.include_router(quotes.router)
