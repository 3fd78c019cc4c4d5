from fastapi import APIRouter, Query

from .. import geocoder

router = APIRouter()


@router.get("/geocode")
def geocode(address: str = Query(..., min_length=3, max_length=200)) -> dict:
    return geocoder.locate(address)


@router.get("/reverse")
async def reverse(lat: float = Query(..., ge=-90, le=90), lon: float = Query(..., ge=-180, le=180)) -> dict:
    return {"address": geocoder.nearest(lat, lon)}
