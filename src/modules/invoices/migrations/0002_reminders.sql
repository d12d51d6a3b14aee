alter table "invoice" add column "reminded_on" date null;
