-- Each order that is stored ends with the key, which breaks ties.
create index "customer_name" on "customer" ("name", "id");
create index "customer_city" on "customer" ("city", "id");
create index "customer_created_at" on "customer" ("created_at", "id");
