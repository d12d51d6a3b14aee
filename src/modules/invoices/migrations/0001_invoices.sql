create table "invoice" (
  "id" uuid not null,
  "version" int not null default 1,
  "customer_id" uuid not null,
  "number" varchar(20) null,
  "status" text not null default 'draft',
  "currency" varchar(3) not null,
  "issued_on" date null,
  "due_on" date null,
  "payment_days" int not null default 30,
  "net" bigint not null default '0',
  "tax" bigint not null default '0',
  "gross" bigint not null default '0',
  "note" text null,
  "created_at" timestamptz not null,
  primary key ("id")
);

alter table "invoice" add constraint "invoice_number_unique" unique ("number");

create table "invoice_line" (
  "id" uuid not null,
  "version" int not null default 1,
  "invoice_id" uuid not null,
  "position" int not null,
  "description" varchar(500) not null,
  "quantity" int not null,
  "unit_price" bigint not null,
  "tax_rate" int not null,
  "net" bigint not null,
  "tax" bigint not null,
  primary key ("id")
);

alter table "invoice_line" add constraint "invoice_line_invoice_id_position_unique" unique ("invoice_id", "position");

create table "invoice_series" (
  "id" uuid not null,
  "version" int not null default 1,
  "year" int not null,
  "last_number" int not null,
  primary key ("id")
);

alter table "invoice_series" add constraint "invoice_series_year_unique" unique ("year");

alter table "invoice" add constraint "invoice_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");

alter table "invoice" add constraint "invoice_status_check" check ("status" in ('draft', 'issued', 'paid', 'void'));

alter table "invoice_line" add constraint "invoice_line_invoice_id_foreign" foreign key ("invoice_id") references "invoice" ("id") on delete cascade;
