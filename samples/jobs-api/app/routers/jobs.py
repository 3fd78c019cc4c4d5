from fastapi import APIRouter, HTTPException

from ..models import JobIn
from ..runner import runner
from ..workers import WORKERS

router = APIRouter(prefix="/jobs")


@router.post("", status_code=201)
def submit(incoming: JobIn) -> dict:
    if incoming.kind not in WORKERS:
        raise HTTPException(status_code=422, detail="unknown kind of job")
    job = runner.run(incoming.kind, incoming.payload)
    return {"number": job.number, "result": job.result}


@router.get("/latest")
def latest() -> list[dict]:
    return [{"number": job.number, "kind": job.kind} for job in runner.latest(20)]
