create table "customer" (
  "id" uuid not null,
  "version" int not null default 1,
  "name" varchar(200) not null,
  "email" varchar(254) null,
  "street" varchar(200) not null,
  "postal_code" varchar(20) not null,
  "city" varchar(100) not null,
  "country" varchar(2) not null,
  "created_at" timestamptz not null,
  primary key ("id")
);
