create table "payment" (
  "id" uuid not null,
  "version" int not null default 1,
  "invoice_id" uuid not null,
  "amount" bigint not null,
  "received_on" date not null,
  "reference" varchar(200) null,
  "created_at" timestamptz not null,
  primary key ("id")
);

alter table "payment" add constraint "payment_invoice_id_foreign" foreign key ("invoice_id") references "invoice" ("id");
