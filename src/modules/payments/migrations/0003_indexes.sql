-- Each order that is stored ends with the key, which breaks ties.
create index "payment_newest" on "payment" ("received_on" desc nulls first, "created_at" desc, "id");
create index "payment_invoice_oldest" on "payment" ("invoice_id", "received_on", "created_at", "id");
create index "payment_amount" on "payment" ("amount", "id");
create index "payment_status" on "payment" ("status", "id");
