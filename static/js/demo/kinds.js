/**
 * Every kind of job as the demo page offers it: what it is for, what it is started with, and the code that does the same.
 * @import { Job } from "../contract.js"
 */
import { receiptPicture } from "./receipt.js";

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} title
 * @property {string} about
 * @property {string} button
 * @property {string} [accept] of files that may be chosen instead of the sample
 * @property {string} [field] the files' name
 * @property {(company: string, file: File | null, last: (kind: string) => Job | null) => Promise<Record<string, any>> | Record<string, any>} fields
 * @property {string} [python] the SDK's call
 * @property {string} [curl] what follows the address
 * @property {() => Promise<File>} [sample] the file that is taken where none is chosen
 * @property {string} [first] what fetches the file that curl's line names
 * @property {{imports: string, file: string}} [javaScript] where the file comes from
 * @property {string} [undoes] the kind whose job it names
 */

/** What is to be done before there is anything to undo. @type {Record<string, string>} */
const FIRST = { "bulk-approve": "Approve something first.", "upload-and-categorize": "Import a file first." };

/** @type {Kind[]} */
export const KINDS = [
  {
    name: "upload-and-categorize",
    title: "Import a bank file",
    about: "Reads CSV, OFX, QIF, MT940 or CAMT, imports each line once, and categorizes it.",
    button: "Import the sample",
    accept: ".csv,.ofx,.qfx,.qif,.sta,.mt940,.xml,text/csv",
    field: "file",
    sample: sampleFile,
    fields: async (company, file) => ({ company_id: company, file: file ?? (await sampleFile()) }),
    python: 'client.upload_and_categorize("june.csv", company="COMPANY")',
    curl: "-F company_id=COMPANY -F file=@june.csv",
    first: "curl -sO ORIGIN/sample/june.csv\n",
    javaScript: { imports: "", file: 'new File([await (await fetch("/sample/june.csv")).blob()], "june.csv")' },
  },
  {
    name: "categorize",
    title: "Categorize transactions",
    about: "Rules first, then memory, a learned model and, where one is set up, a language model.",
    button: "Start Categorization",
    fields: (company) => ({ company_id: company, limit: 100 }),
    python: 'client.categorize(company="COMPANY", limit=100)',
  },
  {
    name: "bulk-approve",
    title: "Approve what is ready",
    about: "All lines whose category is certain enough; each has its own outcome, and it can be undone.",
    button: "Approve all that are ready",
    fields: (company) => ({ company_id: company, filter: { state: ["proposed"] } }),
    python: 'client.bulk_approve(company="COMPANY", matching={"state": ["proposed"]})',
  },
  {
    name: "undo-approve",
    title: "Undo the last approval",
    about: "Takes back what an approval of this page approved.",
    button: "Undo it",
    undoes: "bulk-approve",
    fields: (company, _file, last) => ({ company_id: company, approve_job_id: needed(last("bulk-approve"), FIRST["bulk-approve"]).job_id }),
    python: 'client.undo_approve("JOB", company="COMPANY")',
  },
  {
    name: "ocr",
    title: "Read receipts",
    about: "Photos, scans and PDFs, up to a hundred at once; a file that cannot be read stops no other.",
    button: "Read a sample receipt",
    accept: "image/*,.heic,.pdf",
    field: "files",
    sample: receiptPicture,
    fields: async (company, file) => ({ company_id: company, files: [file ?? (await receiptPicture())] }),
    python: 'client.read_receipts(["lunch.png"], company="COMPANY")',
    curl: "-F company_id=COMPANY -F files=@lunch.png",
    javaScript: { imports: 'import { receiptPicture } from "/js/demo/receipt.js";\n', file: "[await receiptPicture()]" },
  },
  {
    name: "learn",
    title: "Learn from approvals",
    about: "Trains the model that categorizes new merchants, from all that was approved.",
    button: "Train it",
    fields: (company) => ({ company_id: company }),
    python: 'client.learn(company="COMPANY")',
  },
  {
    name: "export-qbo",
    title: "Export to QuickBooks",
    about: "A dry run: what would be sent, line by line. The QuickBooks page connects a company and sends.",
    button: "Dry run",
    fields: (company) => ({ company_id: company, dry_run: true }),
    python: 'client.export_qbo(company="COMPANY", dry_run=True)',
  },
  {
    name: "undo-import",
    title: "Undo the last import",
    about: "Removes the lines that an import of this page brought, except those that are approved.",
    button: "Remove its lines",
    undoes: "upload-and-categorize",
    fields: (company, _file, last) => ({ company_id: company, import_job_id: needed(last("upload-and-categorize"), FIRST["upload-and-categorize"]).job_id }),
    python: 'client.undo_import("JOB", company="COMPANY")',
  },
];

async function sampleFile() {
  const answer = await fetch("/sample/june.csv");
  return new File([await answer.blob()], "june.csv", { type: "text/csv" });
}

/** @param {Job | null} job @param {string | undefined} otherwise @returns {Job} */
function needed(job, otherwise) {
  if (!job) throw new Error(otherwise);
  return job;
}

/**
 * As a reader would write it; each runs as it stands, the JavaScript in a module of this very page.
 * @param {Kind} kind @param {string} origin @param {string} company
 * @param {(kind: string) => Job | null} last what this page started last, so that what undoes it names it
 * @returns {Record<string, string>} by language
 */
export function codeOf(kind, origin, company, last) {
  const job = kind.undoes ? (last(kind.undoes)?.job_id ?? "JOB") : "";
  const fields = kind.field ? {} : /** @type {Record<string, any>} */ (kind.fields(company, null, () => /** @type {any} */ ({ job_id: job })));
  const own = (/** @type {string} */ text) => text.replaceAll("JOB", job).replaceAll("ORIGIN", origin).replaceAll("COMPANY", company);
  const sent = kind.curl ? own(kind.curl) : `-H "Content-Type: application/json" \\\n  -d '${JSON.stringify(fields)}'`;
  const missing = job === "JOB" ? `${FIRST[kind.undoes ?? ""]} Its id then stands here for JOB.\n` : "";
  const note = missing && `# ${missing}`;
  const saved = kind.field ? '# Where the sample lies: "Save the sample", above.\n' : "";
  return {
    curl: `${note}${kind.first ? own(kind.first) : saved}curl -X POST ${origin}/api/jobs/${kind.name} \\\n  -H "Authorization: Bearer $LEDGERWIRE_API_KEY" \\\n  ${sent}`,
    Python: `${note}${saved}from ledgerwire import Ledgerwire\n\nwith Ledgerwire("${origin}") as client:\n    job = ${own(kind.python ?? "")}\n    for event in job.events():\n        print(job.progress, job.job.message)\n    print(job.result())`,
    JavaScript: `${missing && `// ${missing}`}${javaScriptOf(kind, company, fields)}`,
  };
}

/** @param {Kind} kind @param {string} company @param {Record<string, any>} fields of a kind that takes no file */
function javaScriptOf(kind, company, fields) {
  const { imports = "", file = "" } = kind.javaScript ?? {};
  const submission = kind.field ? `{ company_id: "${company}", ${kind.field}: ${file} }` : JSON.stringify(fields, null, 2);
  return `import { JobsClient } from "/js/client.js";
${imports}
// Here your session says who asks; on another origin: new JobsClient({ url, getToken }).
const client = new JobsClient();
const job = await client.submit("${kind.name}", ${submission});
for await (const event of client.events(job.job_id)) {
  if (event.type === "job") console.log(event.job.progress, event.job.status);
}`;
}
