create table "sample_item" (
  "id" uuid not null,
  "version" int not null default 1,
  "name" varchar(200) not null,
  "created_at" timestamptz not null,
  primary key ("id")
);
