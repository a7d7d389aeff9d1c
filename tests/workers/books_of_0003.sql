-- A company's books as a database of revision 0003 holds them: entries have two lines, the debit first.

INSERT INTO companies (company_id, name, base_currency, created_at)
VALUES ('acme', 'Acme', 'USD', '2026-06-30T12:00:00.000000+00:00');

INSERT INTO accounts (company_id, code, name, type)
VALUES ('acme', '1000', 'Checking', 'asset'), ('acme', '4000', 'Sales', 'income'), ('acme', '6090', 'Meals', 'expense');

INSERT INTO bank_accounts (account_id, company_id, name, currency, created_at)
VALUES ('a-1', 'acme', 'Checking', 'USD', '2026-06-30T12:00:00.000000+00:00');

INSERT INTO rules (rule_id, company_id, position, match, category, sign, created_at)
VALUES ('r-1', 'acme', 1, 'COFFEE', 'Meals', -1, '2026-06-30T12:00:00.000000+00:00');

INSERT INTO transactions (
  transaction_id, company_id, account_id, date, amount, sign, currency, description, normalised, merchant_key,
  category, state, source, import_job_id, line_no, fingerprint, created_at
) VALUES
  ('t-1', 'acme', 'a-1', '2026-06-01', '-4.50', -1, 'USD', 'Coffee 1', 'COFFEE 1', 'COFFEE',
   'Meals', 'proposed', 'rule', 'j-1', 2, 'f-1', '2026-06-30T12:00:00.000000+00:00'),
  ('t-2', 'acme', 'a-1', '2026-06-02', '812.40', 1, 'USD', 'Payout', 'PAYOUT', 'PAYOUT',
   'Sales', 'approved', 'person', 'j-1', 3, 'f-2', '2026-06-30T12:00:01.000000+00:00'),
  ('t-3', 'acme', 'a-1', '2026-06-03', '0.00', 0, 'USD', 'Fee waived', 'FEE WAIVED', 'FEE WAIVED',
   NULL, 'review', NULL, 'j-1', 4, 'f-3', '2026-06-30T12:00:02.000000+00:00');

INSERT INTO journal_entries (entry_id, company_id, transaction_id, date, currency, state, created_at)
VALUES
  ('e-1', 'acme', 't-1', '2026-06-01', 'USD', 'proposed', '2026-06-30T12:00:03.000000+00:00'),
  ('e-2', 'acme', 't-2', '2026-06-02', 'USD', 'posted', '2026-06-30T12:00:03.000000+00:00');

INSERT INTO journal_lines (entry_id, position, account, debit, credit)
VALUES
  ('e-1', 1, 'Meals', '4.50', '0'), ('e-1', 2, 'Checking', '0', '4.50'),
  ('e-2', 1, 'Checking', '812.40', '0'), ('e-2', 2, 'Sales', '0', '812.40');
