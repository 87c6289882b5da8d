"""The routes under /v1/quotations."""

from collections.abc import Generator
from contextlib import contextmanager

from fastapi import APIRouter, Depends, HTTPException

from ui.api.content_types import json_only
from ui.api.problems import problem_responses
from ui.api.quotation_schemas import (
    QuotationResults,
    QuotationSearchBody,
    VerificationBody,
    VerificationResult,
)
from ui.roles import Backing


@contextmanager
def told() -> Generator[None]:
    """What the core finds wrong with a text, as a problem: its messages are for the user."""
    try:
        yield
    except ValueError as error:
        raise HTTPException(422, f"{error}。") from error


def quotation_routes(backing: Backing) -> APIRouter:
    """Look quotations up and verify them."""
    router = APIRouter(
        prefix="/v1/quotations",
        tags=["quotations"],
        dependencies=[Depends(json_only)],
        responses=problem_responses(400, 403, 413, 415, 422, 503),
    )

    @router.post(
        "/search",
        operation_id="search_quotations",
        summary="Look words up: verbatim, by near wording, or by meaning",
    )
    def search_quotations(body: QuotationSearchBody) -> QuotationResults:
        with told():
            found = body.look_up_in(backing.quotations)
        return QuotationResults.of(found)

    @router.post(
        "/verify",
        operation_id="verify_quotation",
        summary="Compare a quotation with the library, character by character",
    )
    def verify_quotation(body: VerificationBody) -> VerificationResult:
        with told():
            found = body.verify_by(backing.verifier)
        return VerificationResult.of(found)

    return router
