"""Submit a bank file and watch all of the company over one WebSocket until that job has ended.

LEDGERWIRE_API_KEY=... python examples/watch.py june.csv [COMPANY]
"""

import sys

from ledgerwire import JobEvent, Ledgerwire, LogEvent, Snapshot

file, company = sys.argv[1], (sys.argv[2:] or ["demo"])[0]

with Ledgerwire() as client:  # LEDGERWIRE_URL and LEDGERWIRE_API_KEY say where and who
    job = client.upload_and_categorize(file, company=company)
    for event in client.watch(company):
        match event:
            case LogEvent(job_id=job.id, lines=lines):
                print(*(line.text for line in lines), sep="\n")
            case JobEvent(job=seen) if seen.job_id == job.id:
                print(f"{seen.progress:3} %  {seen.status}  {seen.message}", flush=True)
                if seen.status.terminal:
                    break
            case Snapshot(jobs=jobs) if any(each.job_id == job.id and each.status.terminal for each in jobs):
                break  # it was quicker than our subscription
    print(job.result())
