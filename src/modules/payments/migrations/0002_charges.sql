alter table "payment"
  alter column "received_on" drop not null,
  add column "status" text not null default 'succeeded',
  add column "payment_method" varchar(255) null,
  add column "charge" varchar(255) null,
  add column "failure" varchar(500) null;

alter table "payment" add constraint "payment_charge_unique" unique ("charge");

alter table "payment" add constraint "payment_status_check" check ("status" in ('pending', 'processing', 'succeeded', 'failed'));
