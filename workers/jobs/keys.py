"""Every Redis key we use: its type, its meaning, its lifetime. Nothing else spells one.

``{company}`` is a hash tag, so that one company's keys share a slot and one script may touch them all.
"""

from __future__ import annotations

#: zset of arq: ids ``<job_id>:<enqueue_no>`` that nobody has taken yet; score = a counter. Lives for ever.
QUEUE = "lw:queue"
#: string: the counter behind QUEUE's scores. Lives for ever.
QUEUE_COUNTER = "lw:queue:counter"
#: channel: "there is something to take" (empty payload) or "look at your flags" (``cancel``).
WAKE = "lw:wake"
#: arq's own ``arq:retry:<id>`` and ``arq:in-progress:<id>`` come and go with an id and mean nothing to us.
#: string of arq: the payload of an id. Deleted when the id is done with; else dies after a day.
ARQ_JOB_PREFIX = "arq:job:"


def job(company_id: str, job_id: str) -> str:
    """hash: the live job (see advance.lua). While unfinished for ever, then JOB_TTL."""
    return f"lw:{{{company_id}}}:job:{job_id}"


def meta(company_id: str) -> str:
    """hash ``epoch``, ``offset``, ``run_id``: where the company's stream stands. 30 days after the last event."""
    return f"lw:{{{company_id}}}:meta"


def events(company_id: str) -> str:
    """stream: the newest 2,000 events, id = ``<offset>-0``. One hour after the last event."""
    return f"lw:{{{company_id}}}:events"


def channel(company_id: str) -> str:
    """channel: each event as it happens, as ``<position> <kind> <job_id>\\n<json>``."""
    return f"lw:{{{company_id}}}"


def quickbooks(realm_id: str, name: str) -> str:
    """zset: ``calls`` and ``batches`` of the last minute, and ``open`` calls. Two minutes after the last call."""
    return f"lw:qbo:{{{realm_id}}}:{name}"
