"""Settings, read once from the environment."""

import os
from functools import lru_cache

from pydantic import BaseModel


class Settings(BaseModel):
    catalogue_size: int = 400
    currency: str = "EUR"
    log_level: str = "INFO"


@lru_cache
def get_settings() -> Settings:
    return Settings(
        catalogue_size=int(os.environ.get("SHOP_CATALOGUE_SIZE", "400")),
        currency=os.environ.get("SHOP_CURRENCY", "EUR"),
        log_level=os.environ.get("SHOP_LOG_LEVEL", "INFO"),
    )
