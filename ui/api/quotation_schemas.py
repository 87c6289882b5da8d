"""The bodies of quotations in the HTTP API. Matches go out as the dataclasses of the core."""

from dataclasses import replace
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from rag.quotations.quotation import (
    Expression,
    LookUp,
    LookUpMode,
    Match,
    Order,
    Verdict,
    Verification,
)
from ui.api.schemas import Body, FiltersBody, Limit, Name, cleaned
from ui.roles import Quoting, Verifying

# Longer than any quotation may be, so that the core says how long that is.
MAX_QUOTATION_CHARACTERS = 20_000

QuotationText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_QUOTATION_CHARACTERS),
    BeforeValidator(cleaned),
]


class VerificationBody(Body):
    """A quotation to verify."""

    text: QuotationText = Field(description="4 to 2,000 characters, white space not counted.")
    speaker: Name | None = Field(
        default=None, description="Who is said to have said it, with or without office."
    )
    limit: Limit = 20

    def verify_by(self, verifier: Verifying) -> Verification:
        """The verification that is asked for; ValueError where `text` is no quotation."""
        return verifier.verify(self.text, speaker=self.speaker, limit=self.limit)


class ReferenceItem(BaseModel):
    """Ready references to a document."""

    document_id: str
    title: str
    gbt7714_2015: str
    gbt7714_2025: str
    in_text: str

    @classmethod
    def of(cls, match: Match) -> Self:
        """The references of `match`."""
        return cls(
            document_id=match.document_id,
            title=match.title,
            gbt7714_2015=match.reference.gbt7714_2015,
            gbt7714_2025=match.reference.gbt7714_2025,
            in_text=match.reference.in_text,
        )


class VerificationResult(BaseModel):
    """What is known about a quotation."""

    verdict: Verdict
    message: str = Field(description="One sentence for the user, in Chinese.")
    matches: list[Match] = Field(description="Verbatim places, or those most like it.")
    references: list[ReferenceItem] = Field(description="Of each document of `matches`, once.")
    total: int = Field(description="Verbatim places in the whole library.")
    documents: int = Field(description="In so many documents.")
    is_set_phrase: bool = Field(description="Short and common: nobody's own words.")

    @classmethod
    def of(cls, verification: Verification) -> Self:
        """The body for `verification`."""
        by_document = {match.document_id: match for match in reversed(verification.matches)}
        ids = dict.fromkeys(match.document_id for match in verification.matches)
        return cls(
            verdict=verification.verdict,
            message=verification.message,
            matches=list(verification.matches),
            references=[ReferenceItem.of(by_document[document_id]) for document_id in ids],
            total=verification.total,
            documents=verification.documents,
            is_set_phrase=verification.is_set_phrase,
        )


class QuotationSearchBody(Body):
    """Words to look up as a quotation."""

    text: QuotationText
    speaker: Name | None = Field(
        default=None, description="Only what he says, with or without office; as in `filters`."
    )
    filters: FiltersBody = FiltersBody()
    mode: LookUpMode = LookUpMode.EXACT
    order: Order = Order.RELEVANCE
    with_briefings: bool = Field(
        default=False, description="Look in briefings too, which are our own words."
    )
    limit: Limit = 20
    cursor: Annotated[str, StringConstraints(pattern=r"^\d{1,6}$")] | None = Field(
        default=None, description="`next` of the page before."
    )

    def look_up_in(self, quotations: Quoting) -> LookUp:
        """What is asked for; ValueError where nothing can be looked up."""
        filters = self.filters.filters()
        return quotations.look_up(
            self.text,
            mode=self.mode,
            filters=filters if self.speaker is None else replace(filters, speaker=self.speaker),
            order=self.order,
            with_briefings=self.with_briefings,
            limit=self.limit,
            skip=int(self.cursor or 0),
        )


class QuotationResults(BaseModel):
    """Places that hold the words, or the like."""

    items: list[Match]
    next: str | None = None
    total: int | None = Field(description="Verbatim places; null where nobody counted.")
    expression: Expression | None = Field(
        description="The words as a set phrase (提法), on the first page, where they are one."
    )

    @classmethod
    def of(cls, found: LookUp) -> Self:
        """The body for `found`."""
        return cls(
            items=list(found.matches),
            next=None if found.following is None else str(found.following),
            total=found.total,
            expression=found.expression,
        )
