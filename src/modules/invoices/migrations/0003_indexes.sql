-- Each order that is stored ends with the key, which breaks ties; `largest` and `smallest` are one index read both ways
-- but for ties. A list of a customer, of a status, and of all have each their own.
create index "invoice_newest" on "invoice" ("issued_on" desc nulls last, "created_at" desc, "id");
create index "invoice_due" on "invoice" ("due_on", "id");
create index "invoice_status_due" on "invoice" ("status", "due_on", "id");
create index "invoice_status_newest" on "invoice" ("status", "issued_on" desc nulls last, "created_at" desc, "id");
create index "invoice_customer_newest" on "invoice" ("customer_id", "issued_on" desc nulls last, "created_at" desc, "id");
create index "invoice_gross" on "invoice" ("gross", "id");
