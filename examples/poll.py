"""Submit a bank file and poll until it is done, with nothing but Python's standard library.

LEDGERWIRE_API_KEY=... python examples/poll.py june.csv [COMPANY]
"""

import json
import os
import sys
import urllib.request
import uuid
from pathlib import Path
from urllib.error import HTTPError

URL = os.environ.get("LEDGERWIRE_URL", "http://127.0.0.1:8000")
KEY = {"Authorization": f"Bearer {os.environ['LEDGERWIRE_API_KEY']}"}
file, company = Path(sys.argv[1]), (sys.argv[2:] or ["demo"])[0]

boundary = uuid.uuid4().hex
part = f'--{boundary}\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
body = (part % ("company_id", "") + company + "\r\n" + part % ("file", '; filename="bank.csv"')).encode()
headers = {**KEY, "Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": boundary}
body += file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
submit = urllib.request.Request(f"{URL}/api/jobs/upload-and-categorize", body, headers)
job, etag = json.load(urllib.request.urlopen(submit)), ""

while job["status"] in ("pending", "running"):
    address = f"{URL}/api/jobs/{job['job_id']}?wait=20"  # answered when it changes, or after 20 s
    try:
        look = urllib.request.Request(address, headers={**KEY, "If-None-Match": etag})
        with urllib.request.urlopen(look) as answer:
            job, etag = json.load(answer), answer.headers["ETag"]
        print(f"{job['progress']:3} %  {job['status']}  {job['message']}", flush=True)
    except HTTPError as error:
        if error.code != 304:  # unchanged: ask again
            raise
if job["status"] != "complete":
    sys.exit(f"{job['status']}: {(job['error'] or {}).get('detail', 'no more is known')}")
print(json.dumps(job["result"]))
