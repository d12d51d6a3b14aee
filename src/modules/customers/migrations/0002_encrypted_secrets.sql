alter table "customer" add "tax_id" text null, add "bank_account" text null;
