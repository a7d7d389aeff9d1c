"""An EventSource without our client, as docs/front-door.md writes it, through a server that goes away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.static.dashboard import Dashboard, Office, bank_file

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PAGE = (Path(__file__).parents[2] / "docs" / "front-door.md").read_text()
NEW_TICKET = """async () => {
    const answer = await fetch("/api/tickets", { method: "POST" });
    if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
    return (await answer.json()).ticket;
}"""


def test_an_event_source_goes_on_with_a_fresh_ticket_where_it_stopped(
    dashboard: Dashboard, office: Office
) -> None:
    (watch,) = (block for block in re.findall(r"```js\n(.*?)```", PAGE, re.DOTALL) if "EventSource" in block)
    dashboard.upload("long.csv", bank_file(4_000))
    own = watch.replace("https://ledgerwire.example", "")
    dashboard.page.evaluate(
        f"""(jobId) => {{
            const newTicket = {NEW_TICKET};
            {own}
            window.heard = [];
            watch(jobId, (told) => window.heard.push(told));
        }}""",
        dashboard.job_id,
    )
    dashboard.page.wait_for_function("() => window.heard.some((told) => told.type === 'log')")
    office.running.replace("api")
    ended = "() => window.heard.some((told) => (told.job ?? told.jobs?.[0])?.status === 'complete')"
    dashboard.page.wait_for_function(ended, timeout=90_000)
    told = dashboard.page.evaluate(
        "window.heard.filter((told) => told.type === 'log').map((told) => told.number)"
    )
    assert len(told) == len(set(told)), "nothing is told twice"
