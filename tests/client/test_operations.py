"""Every operation of the API's own document has its method in the SDK, blocking and awaited.

Each is asked of a server that answers as the document's example says. A new route without a method fails here; so does
a method that asks elsewhere or does not understand the answer.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncGenerator, Callable, Generator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledgerwire import AsyncLedgerwire, Categorize, Ledgerwire
from ledgerwire.held import Held
from ledgerwire.submissions import ConnectQbo
from server import openapi
from server.app import create_app
from tests.client.jobs import a_job, told
from tests.client.server import Server, Step, block, raw, refuse_socket, stream
from tests.server.serving import api_settings

#: For browsers and load balancers.
NOT_FOR_PROGRAMS = {"signIn", "signOut", "returnFromQuickBooks", "isAlive", "isReady"}
#: What the templates of the paths are filled with.
NAMES = {
    "company_id": "demo", "job_id": "j1", "code": "6000", "account_id": "a1", "rule_id": "ru1",
    "transaction_id": "t1", "receipt_id": "r1", "number": "1", "person_id": "p1", "prefix": "lw_12",
    "invitation_id": "i1",
}  # fmt: skip
FILE = ("june.csv", b"Date,Amount")


def a_handle(client: Any) -> Any:
    return client._handle(Held(a_job()))


CALLS: dict[str, Callable[[Any], Any]] = {
    "submitCategorize": lambda client: client.submit(Categorize, company_id="demo"),
    "submitUploadAndCategorize": lambda client: client.upload_and_categorize(FILE, company="demo"),
    "submitBulkApprove": lambda client: client.bulk_approve(company="demo", failed_of="j1"),
    "submitUndoApprove": lambda client: client.undo_approve("j1", company="demo"),
    "submitUndoImport": lambda client: client.undo_import("j1", company="demo"),
    "submitLearn": lambda client: client.learn(company="demo"),
    "submitOcr": lambda client: client.read_receipts([FILE], company="demo"),
    "submitExportQbo": lambda client: client.export_qbo(company="demo"),
    "submitConnectQbo": lambda client: client.submit(ConnectQbo, company_id="demo", grant_id="g1"),
    "submitFetchQbo": lambda client: client.quickbooks("demo").fetch(),
    "submitDisconnectQbo": lambda client: client.quickbooks("demo").disconnect(),
    "getJob": lambda client: client.job("j1"),
    "getJobLog": lambda client: a_handle(client).log(),
    "getJobAttempts": lambda client: a_handle(client).attempts(),
    "downloadJobFile": lambda client: a_handle(client).file(),
    "getJobEvents": lambda client: a_handle(client).events(),
    "cancelJob": lambda client: a_handle(client).cancel(),
    "retryJob": lambda client: a_handle(client).retry(),
    "listJobs": lambda client: client.jobs("demo"),
    "cancelJobs": lambda client: client.cancel_jobs("demo"),
    "retryJobs": lambda client: client.retry_jobs("demo"),
    "getActivity": lambda client: client.activity("demo"),
    "getCompanyEvents": lambda client: client.watch("demo"),
    "getCompany": lambda client: client.books("demo").company(),
    "changeCompany": lambda client: client.books("demo").change(closed_through=None),
    "listAccounts": lambda client: client.books("demo").accounts(),
    "createAccount": lambda client: client.books("demo").create_account(code="1", name="A", type="asset"),
    "changeAccount": lambda client: client.books("demo").change_account("6000", archived=True),
    "deleteAccount": lambda client: client.books("demo").delete_account("6000"),
    "listBankAccounts": lambda client: client.books("demo").bank_accounts(),
    "openBankAccount": lambda client: client.books("demo").open_bank_account(name="A", currency="USD"),
    "changeBankAccount": lambda client: client.books("demo").change_bank_account("a1", number=None),
    "listTransactions": lambda client: client.transactions("demo"),
    "exportTransactions": lambda client: client.books("demo").transactions_csv(),
    "getTransaction": lambda client: client.books("demo").transaction("t1"),
    "categorizeTransaction": lambda client: client.set_category("t1", "Rent", company="demo"),
    "approveTransaction": lambda client: client.approve("t1", company="demo"),
    "reopenTransaction": lambda client: client.reopen("t1", company="demo"),
    "listAudit": lambda client: client.books("demo").audit(),
    "listTransactionAudit": lambda client: client.books("demo").audit("t1"),
    "listJournal": lambda client: client.books("demo").journal(),
    "exportJournal": lambda client: client.books("demo").journal_csv(),
    "getTrialBalance": lambda client: client.books("demo").trial_balance(),
    "listRules": lambda client: client.rules("demo").list(),
    "createRule": lambda client: client.rules("demo").create(category="Rent", match="rent"),
    "replaceRule": lambda client: client.rules("demo").replace("ru1", category="Rent", match="rent"),
    "deleteRule": lambda client: client.rules("demo").delete("ru1"),
    "previewRule": lambda client: client.rules("demo").preview(category="Rent", match="rent"),
    "listReceipts": lambda client: client.receipts("demo").list(),
    "getReceipt": lambda client: client.receipts("demo").show("r1"),
    "getReceiptText": lambda client: client.receipts("demo").text("r1"),
    "listMatches": lambda client: client.receipts("demo").matches("r1"),
    "correctReceipt": lambda client: client.receipts("demo").confirm("r1"),
    "removeReceipt": lambda client: client.receipts("demo").remove("r1"),
    "attachReceipts": lambda client: client.receipts("demo").attach_all([("r1", "t1")]),
    "attachReceipt": lambda client: client.receipts("demo").attach("r1", "t1"),
    "detachReceipt": lambda client: client.receipts("demo").detach("r1", "t1"),
    "bookReceipt": lambda client: client.receipts("demo").book("r1", "a1"),
    "downloadReceipt": lambda client: client.receipts("demo").file("r1"),
    "showReceiptPage": lambda client: client.receipts("demo").page("r1"),
    "getQuickBooks": lambda client: client.quickbooks("demo").connection(),
    "connectQuickBooks": lambda client: client.quickbooks("demo").begin(),
    "consentToQuickBooks": lambda client: client.quickbooks("demo").consent(
        state="s" * 16, code="c", realm_id="9"
    ),
    "listQuickBooksMapping": lambda client: client.quickbooks("demo").mapping(),
    "confirmQuickBooksMapping": lambda client: client.quickbooks("demo").confirm({"Rent": "24"}),
    "listQuickBooksExports": lambda client: client.quickbooks("demo").sent(),
    "listMembers": lambda client: client.members("demo").list(),
    "invitePerson": lambda client: client.members("demo").invite("Ann"),
    "revokeInvitation": lambda client: client.members("demo").revoke_invitation("i1"),
    "removePerson": lambda client: client.members("demo").remove_person("p1"),
    "createKey": lambda client: client.members("demo").create_key("till"),
    "revokeKey": lambda client: client.members("demo").revoke_key("lw_12"),
    "getSession": lambda client: client.session(),
    "createTicket": lambda client: client.ticket(),
}
END = block(told(a_job("complete", 5), 5))


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str, Step]]:
    """Of each operation its method, its path, and how its example answers."""
    folder: Path = tmp_path_factory.mktemp("api")
    url = f"sqlite+aiosqlite:///{folder / 'no.db'}"
    # It is read, not run: nobody is at these addresses.
    app = create_app(api_settings(folder, database_url=url, redis_url="redis://127.0.0.1:1"))
    return {
        operation["operationId"]: (method.upper(), path.format_map(NAMES), _example(operation["responses"]))
        for path, found in openapi.build(app)["paths"].items()
        for method, operation in found.items()
        if operation["operationId"] not in NOT_FOR_PROGRAMS
    }


def _example(responses: dict[str, Any]) -> Step:
    status = next(status for status in responses if status.startswith("2"))
    for media_type, content in responses[status].get("content", {}).items():
        example = content["example"]
        if isinstance(example, dict):
            example = {name: None if name == "next_cursor" else each for name, each in example.items()}
        body = msgspec.json.encode(example) if media_type == "application/json" else str(example).encode()
        return raw(body, int(status), media_type)
    return raw(b"", int(status))


@pytest.fixture
def answering(server: Server, operations: dict[str, tuple[str, str, Step]]) -> Server:
    for method, path, answer in operations.values():
        server.on(method, path, stream(END, stay=True) if path.endswith("/events") else answer)
    server.on("SOCKET", "/api/ws", refuse_socket())
    return server


def test_every_operation_has_its_method(operations: dict[str, tuple[str, str, Step]]) -> None:
    """A new kind of work needs none of its own: ``submit`` takes any."""
    assert set(CALLS) <= set(operations)
    assert {name for name in operations if not name.startswith("submit")} <= set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_blocking_it_asks_there_and_understands_the_answer(
    client: Ledgerwire, answering: Server, operations: dict[str, tuple[str, str, Step]], name: str
) -> None:
    found = CALLS[name](client)
    if isinstance(found, Generator):
        assert next(found) is not None
        found.close()
    assert answering.calls_of(*operations[name][:2])


@pytest.mark.parametrize("name", CALLS)
async def test_awaited_it_does_the_same(
    async_client: AsyncLedgerwire,
    answering: Server,
    operations: dict[str, tuple[str, str, Step]],
    name: str,
) -> None:
    found = CALLS[name](async_client)
    if isinstance(found, AsyncGenerator):
        assert await anext(found) is not None
        await found.aclose()
    else:
        assert inspect.isawaitable(found)
        await found
    assert answering.calls_of(*operations[name][:2])


def test_both_doors_have_the_same_methods() -> None:
    blocking, awaited = Ledgerwire, AsyncLedgerwire
    assert _public(blocking) == _public(awaited)
    for name in ("books", "rules", "members", "receipts", "quickbooks"):
        desk = inspect.signature(getattr(blocking, name), eval_str=True).return_annotation
        twin = inspect.signature(getattr(awaited, name), eval_str=True).return_annotation
        assert _public(desk) == _public(twin)
        assert twin.__doc__ == desk.__doc__


def _public(door: type) -> dict[str, list[str]]:
    """Its methods, and what each of them takes."""
    return {
        name: [re.sub("Async", "", str(each)) for each in inspect.signature(found).parameters.values()]
        for name, found in inspect.getmembers(door, inspect.isfunction)
        if not name.startswith("_")
    }
