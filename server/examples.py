"""The examples in /docs. Tests hold them against the shapes they stand for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from ledgerwire.access import (
    ApiKey,
    Invitation,
    MemberList,
    NewApiKey,
    NewMember,
    PendingInvitation,
    Person,
    Session,
    SignIn,
    Ticket,
)
from ledgerwire.activity import Activity, JobCounts, Minute, Pace, WorkerSeen
from ledgerwire.books import (
    Account,
    AccountChange,
    AccountPage,
    BankAccount,
    BankAccountChange,
    BankAccountPage,
    Company,
    CompanyChange,
    NewAccount,
    NewBankAccount,
    Transaction,
    TransactionPage,
)
from ledgerwire.errors import FieldError, Problem
from ledgerwire.events import Events, JobEvent
from ledgerwire.jobs import (
    Attempt,
    AttemptPage,
    Cancel,
    Changed,
    Job,
    JobFilter,
    LogEntry,
    LogLine,
    LogPage,
    Page,
    Status,
    Step,
    Units,
)
from ledgerwire.journal import (
    AccountBalance,
    AuditEntry,
    AuditPage,
    JournalEntry,
    JournalLine,
    JournalPage,
    TrialBalance,
)
from ledgerwire.quickbooks import (
    AccountChoice,
    AccountChoices,
    AccountMapping,
    ConnectStart,
    Consent,
    MappingList,
    QuickBooksAccount,
    QuickBooksConnection,
    SentLine,
    SentPage,
)
from ledgerwire.receipts import (
    Alternative,
    Attachment,
    AttachmentOutcome,
    AttachmentOutcomes,
    Attachments,
    Box,
    FieldReading,
    LineItem,
    Match,
    MatchList,
    NewLineOfReceipt,
    OneAttachment,
    Receipt,
    ReceiptPage,
    ReceiptText,
    TaxLine,
)
from ledgerwire.review import Categorization, Categorized, Seen
from ledgerwire.rules import NewRule, Rule, RuleChange, RulePage, RulePreview
from server.health import Alive, Ready
from server.problems import MAKE_A_KEY

COMPANY: Final = "acme"
JOB_ID: Final = "0197c2de-4a10-7c3e-9a51-5f2b8e1c9d04"
ACCOUNT_ID: Final = "0197c2d0-11b2-7f10-8c44-2f5f0f8f6a31"
TRANSACTION_ID: Final = "0197c2de-4b7e-7d92-b1aa-93c1f3b0e2d7"
RULE_ID: Final = "0197c2d3-52a9-7a61-9d0b-6f3f4f1a2c55"
RECEIPT_ID: Final = "0197c2df-71aa-7d10-8f02-7c2f0b6a9e31"
ENTRY_ID: Final = "0197c2de-4c02-7b18-8e3d-1d0f6a9b7c20"
POSITION: Final = "9f86d081884c.417"
MEALS: Final = "Meals and entertainment"
DESCRIPTION: Final = "BLUE BOTTLE COFFEE"
AT: Final = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
LATER: Final = datetime(2026, 7, 1, 9, 30, 1, tzinfo=UTC)

JOB: Final = Job(
    job_id=JOB_ID,
    kind="upload-and-categorize",
    company_id=COMPANY,
    status=Status.RUNNING,
    message="Categorizing june.csv",
    step=Step("categorize", 3, 4),
    units=Units(120, 300, "lines"),
    eta_seconds=2,
    attempt=1,
    max_attempts=5,
    created_at=AT,
    started_at=LATER,
    submitted_by="Ann",
    progress=40,
    version=1_782_898_201_000,
)
COMPANY_EXAMPLE: Final = Company(company_id=COMPANY, name="Acme Ltd", base_currency="USD", role="bookkeeper")
TRANSACTION: Final = Transaction(
    transaction_id=TRANSACTION_ID,
    account_id=ACCOUNT_ID,
    date=AT.date(),
    amount=Decimal("-4.50"),
    currency="USD",
    description=DESCRIPTION,
    category=MEALS,
    state="proposed",
    source="rule",
    confidence=1.0,
    reason="rule: contains COFFEE",
    job_id=JOB_ID,
    revision=2,
    merchant_key="BLUE BOTTLE",
    approved_at=None,
    approved_by=None,
)
RULE: Final = Rule(
    rule_id=RULE_ID,
    position=1,
    category=MEALS,
    match="COFFEE",
    pattern=None,
    amount_min=None,
    amount_max=None,
    account_id=None,
    sign=-1,
)
NEW_RULE: Final = NewRule(category=MEALS, match="BLUE BOTTLE", sign=-1)
ACCOUNT: Final = Account("6090", MEALS, "expense")
BANK_ACCOUNT: Final = BankAccount(account_id=ACCOUNT_ID, name="Checking", currency="USD", number="4711")
ENTRY: Final = JournalEntry(
    entry_id=ENTRY_ID,
    transaction_id=TRANSACTION_ID,
    date=AT.date(),
    currency="USD",
    state="proposed",
    description=DESCRIPTION,
    lines=[
        JournalLine(account=MEALS, debit=Decimal("4.50"), credit=Decimal(0)),
        JournalLine(account="Checking", debit=Decimal(0), credit=Decimal("4.50")),
    ],
)
BALANCE: Final = TrialBalance(
    data=[
        AccountBalance(
            code=code, account=name, type=kind, currency="USD", debit=Decimal(debit), credit=Decimal(credit)
        )
        for code, name, kind, debit, credit in (
            ("1000", "Checking", "asset", 0, "4.50"),
            ("6090", MEALS, "expense", "4.50", 0),
        )
    ]
)
AUDIT: Final = AuditEntry(
    audit_id=4711,
    transaction_id=TRANSACTION_ID,
    at=LATER,
    actor="Ann",
    job_id=JOB_ID,
    action="decided",
    from_state="imported",
    to_state="proposed",
    from_category=None,
    to_category=MEALS,
    source="rule",
    confidence=1.0,
    reason="rule: contains COFFEE",
)
PREVIEW: Final = RulePreview(
    matches=24,
    looked_at=3_120,
    would_change=23,
    contradicts=0,
    changes=[RuleChange(transaction=TRANSACTION, category="Office supplies and equipment")],
    contradictions=[],
)
MATCH: Final = Match(transaction=TRANSACTION, confidence=0.94, reason="same amount, next day, similar name")
RECEIPT: Final = Receipt(
    receipt_id=RECEIPT_ID,
    job_id=JOB_ID,
    name="IMG_2041.jpg",
    media_type="image/jpeg",
    size=412_806,
    pages=1,
    pages_in_file=1,
    state="ready",
    vendor="Blue Bottle Coffee",
    date=AT.date(),
    total=Decimal("4.50"),
    currency="USD",
    subtotal=Decimal("4.13"),
    taxes=[TaxLine(name="Sales Tax", rate=Decimal(9), base=Decimal("4.13"), amount=Decimal("0.37"))],
    payment_method="card",
    card="4711",
    number="20418",
    items=[LineItem(description="Flat white", quantity=Decimal(1), amount=Decimal("4.13"))],
    fields={
        "total": FieldReading(
            confidence=0.97,
            box=Box(1, 0.62, 0.71, 0.18, 0.03),
            alternatives=[Alternative("4.13", 0.1, Box(1, 0.62, 0.63, 0.18, 0.03))],
        )
    },
    match=MATCH,
    engine="rapidocr",
    revision=1,
    created_at=LATER,
)
ATTACHMENT: Final = Attachment(receipt_id=RECEIPT_ID, transaction_id=TRANSACTION_ID)
LOG: Final = [LogEntry(1, [LogLine(LATER, "info", f"{DESCRIPTION}: {MEALS}")])]
ATTEMPT: Final = Attempt(
    attempt=1, worker_id="host-71-5fd4", started_at=LATER, ended_at=None, outcome="running"
)

THEIR_ACCOUNT = QuickBooksAccount(qbo_id="57", name="Meals", full_name="Expenses:Meals", type="Expense")
MAPPED = AccountMapping(
    account=MEALS,
    type="expense",
    is_bank=False,
    lines=3,
    qbo_id="57",
    confidence=0.85,
    reason="another word for it",
)
SENT = SentLine(
    transaction_id=TRANSACTION_ID,
    outcome="created",
    date=date(2026, 7, 1),
    amount=Decimal("-4.50"),
    currency="USD",
    description=DESCRIPTION,
    category=MEALS,
    object_type="Purchase",
    qbo_id="118",
    url="https://qbo.intuit.com/app/expense?txnId=118",
    vendor="Blue Door Coffee",
    at=datetime(2026, 7, 2, 9, tzinfo=UTC),
    job_id=JOB_ID,
)
_VALUES: Final[list[msgspec.Struct]] = [
    Alive(),
    Ready(status="ready", database=True, broker=True, workers=1),
    JOB,
    Page([JOB], None),
    LogPage(LOG, None),
    AttemptPage([ATTEMPT], None),
    Cancel("Wrong file"),
    JobFilter(kind="categorize"),
    Changed(matched=3, changed=3),
    Activity(
        at=datetime(2026, 7, 2, 9, 30, tzinfo=UTC),
        counts=JobCounts(pending=2, running=1, complete=412, failed=3),
        waiting_since=datetime(2026, 7, 2, 9, 29, 58, tzinfo=UTC),
        minutes=[Minute(at=datetime(2026, 7, 2, 9, 28, tzinfo=UTC), complete=4, failed=1)],
        pace=Pace(wait_p50=0.012, wait_p95=0.4, run_p50=2.1, run_p95=9.8),
        workers=[
            WorkerSeen(
                worker_id="worker-1",
                slots=4,
                busy=1,
                started_at=datetime(2026, 7, 2, 8, tzinfo=UTC),
                beat_at=datetime(2026, 7, 2, 9, 29, 59, tzinfo=UTC),
            )
        ],
    ),
    Events(
        position=POSITION,
        snapshot=None,
        events=[JobEvent(company_id=COMPANY, position=POSITION, job=JOB)],
    ),
    COMPANY_EXAMPLE,
    Session("Ann", [COMPANY_EXAMPLE]),
    NewMember(name="Ann", role="bookkeeper"),
    MemberList(
        people=[
            Person(
                person_id="5f0c3a9e21b74410",
                name="Ann",
                role="bookkeeper",
                signed_in_at=AT,
                expires_at=LATER,
                you=False,
            )
        ],
        invitations=[
            PendingInvitation(invitation_id="9b1d7e40c2f6a853", name="Vera", role="viewer", expires_at=LATER)
        ],
        keys=[
            ApiKey(
                prefix="lw_Zm9ydHkt",
                name="Import",
                role="bookkeeper",
                created_at=AT,
                last_used=LATER,
                revoked_at=None,
            )
        ],
    ),
    Invitation(
        invitation_id="0c5e8f72ab914d36",
        url="http://127.0.0.1:8000/#sign-in=Zm9ydHkt",
        name="Ann",
        role="bookkeeper",
        expires_at=LATER,
    ),
    NewApiKey(key="lw_Zm9ydHktdHdv", prefix="lw_Zm9ydHkt", name="Import", role="bookkeeper"),
    Ticket("lwt_dGhpcnR5LXR3byByYW5kb20gYnl0ZXMgb2YgYSB0aWNrZXQ", LATER),
    SignIn("Zm9ydHktdHdvIHJhbmRvbSBjaGFyYWN0ZXJzIG9mIGEgbGluaw"),
    TransactionPage([TRANSACTION], None),
    CompanyChange(base_currency="EUR", closed_through=date(2026, 6, 30)),
    BANK_ACCOUNT,
    BankAccountPage([BANK_ACCOUNT], None),
    NewBankAccount(name="Savings", currency="USD", number="DE02120300000000202051"),
    BankAccountChange(number="0815"),
    ACCOUNT,
    NewAccount(code="6300", name="Legal advice", type="expense"),
    AccountChange(name="Food and drink"),
    AccountPage([ACCOUNT], None),
    RULE,
    RulePage([RULE], None),
    NEW_RULE,
    PREVIEW,
    TRANSACTION,
    Categorization(category=MEALS, revision=1),
    Categorized(transaction=TRANSACTION, alike=7, rule=NEW_RULE),
    Seen(revision=2),
    JournalPage([ENTRY], None),
    BALANCE,
    AuditPage([AUDIT], None),
    RECEIPT,
    ReceiptPage([RECEIPT], None),
    ReceiptText("Blue Bottle Coffee\nFlat white 4.13\nSales tax 9% 0.37\nTotal 4.50"),
    MatchList([MATCH]),
    OneAttachment(transaction_id=TRANSACTION_ID),
    Attachments(attachments=[ATTACHMENT]),
    AttachmentOutcomes([AttachmentOutcome(RECEIPT_ID, TRANSACTION_ID, "attached")]),
    NewLineOfReceipt(account_id=ACCOUNT_ID, category=MEALS),
    QuickBooksConnection(
        available=True,
        state="connected",
        environment="production",
        realm_id="9130350000000000",
        company_name="Blue Door Coffee LLC",
        home_currency="USD",
        connected_by="Ann",
        to_send=12,
    ),
    ConnectStart(
        authorize_url="https://appcenter.intuit.com/connect/oauth2?client_id=ABx&response_type=code&state=kept-here",
        expires_at=datetime(2026, 7, 1, 9, 10, tzinfo=UTC),
    ),
    Consent(state="the-state-that-was-given", code="AB11", realm_id="9130350000000000"),
    MappingList([MAPPED], [THEIR_ACCOUNT]),
    AccountChoices(choices=[AccountChoice(account=MEALS, qbo_id="57")]),
    SentPage([SENT], None),
]

#: By the name of the shape.
EXAMPLES: Final[dict[str, Any]] = {
    **{type(value).__name__: msgspec.to_builtins(value) for value in _VALUES},
    "Categorize": {"company_id": COMPANY, "limit": 500},
    "BulkApprove": {"company_id": COMPANY, "filter": {"state": ["proposed"], "date_to": "2026-06-30"}},
    "ExportQbo": {"company_id": COMPANY, "dry_run": True},
    "ConnectQbo": {"company_id": COMPANY, "grant_id": "0197c2de-4a10-7c3e-9a51-2f6f0c0d9b11"},
    "FetchQbo": {"company_id": COMPANY},
    "DisconnectQbo": {"company_id": COMPANY},
    "UndoApprove": {"company_id": COMPANY, "approve_job_id": JOB_ID},
    "UndoImport": {"company_id": COMPANY, "import_job_id": JOB_ID},
    "Learn": {"company_id": COMPANY},
    "Ocr": {"company_id": COMPANY, "files": ["the bytes of IMG_2041.jpg", "the bytes of invoice.pdf"]},
    "ReceiptCorrection": {"vendor": "Blue Bottle Coffee", "total": "4.50", "confirm": True, "revision": 1},
    "UploadAndCategorize": {
        "company_id": COMPANY,
        "file": "Date,Description,Amount\n2026-06-30,COFFEE,-4.50\n",
    },
}
#: By the operation that answers with a file.
FILES: Final[dict[str, str]] = {
    "exportTransactions": (
        "date,description,amount,currency,account,category,state,source,confidence,reason,approved_at,approved_by,"
        "transaction_id,job_id\r\n"
        f"2026-07-01,{DESCRIPTION},-4.50,USD,Checking,{MEALS},proposed,rule,1.0,rule: contains COFFEE,,,"
        f"{TRANSACTION_ID},{JOB_ID}\r\n"
    ),
    "downloadJobFile": "Date,Description,Amount\r\n2026-06-30,COFFEE,-4.50\r\n",
    "downloadReceipt": "the bytes of IMG_2041.jpg",
    "showReceiptPage": "the bytes of a JPEG",
    "exportJournal": (
        "date,entry_id,transaction_id,state,description,account,debit,credit,currency\r\n"
        f"2026-07-01,{ENTRY_ID},{TRANSACTION_ID},proposed,{DESCRIPTION},{MEALS},4.50,0,USD\r\n"
        f"2026-07-01,{ENTRY_ID},{TRANSACTION_ID},proposed,{DESCRIPTION},Checking,0,4.50,USD\r\n"
    ),
}
#: By the name of the parameter.
PARAMETERS: Final[dict[str, Any]] = {
    "company_id": COMPANY,
    "job_id": JOB_ID,
    "transaction_id": TRANSACTION_ID,
    "account_id": ACCOUNT_ID,
    "rule_id": RULE_ID,
    "receipt_id": RECEIPT_ID,
    "number": 1,
    "code": "6090",
    "Idempotency-Key": "june-2026-checking",
    "since": POSITION,
    "wait": 20,
    "limit": 50,
}

_PROBLEMS: Final[dict[int, Problem]] = {
    400: Problem(
        type="/problems/invalid_input",
        title="The request is not valid",
        detail="See errors for what is wrong where.",
        errors=[FieldError("/limit", "Expected `int` >= 1")],
    ),
    401: Problem(type="/problems/not_signed_in", title="Who are you?", detail=MAKE_A_KEY),
    403: Problem(type="/problems/role_too_low", title="Your role does not allow this"),
    404: Problem(type="/problems/not_found", title="There is no such job, or it is not yours to see."),
    409: Problem(type="/problems/wrong_state", title="A complete job cannot be retried."),
    413: Problem(type="/problems/too_large", title="A file may not be larger than 25 MB."),
    415: Problem(type="/problems/wrong_media_type", title="Send the body as application/json."),
    422: Problem(
        type="/problems/idempotency_key_reused", title="This Idempotency-Key was used for another request"
    ),
    500: Problem(type="/problems/internal", title="Something went wrong here"),
    503: Problem(type="/problems/database_away", title="The database does not answer"),
}


def problem_example(status: int) -> Problem:
    return msgspec.structs.replace(_PROBLEMS[status], status=status)
