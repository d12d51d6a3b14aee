create table "project" (
  "id" uuid not null,
  "version" int not null default 1,
  "title" varchar(200) not null,
  "due_on" date null,
  primary key ("id")
);

create table "task" (
  "id" uuid not null,
  "version" int not null default 1,
  "project_id" uuid not null,
  "title" varchar(200) not null,
  "done" boolean not null default false,
  primary key ("id")
);

alter table "task" add constraint "task_project_id_foreign" foreign key ("project_id") references "project" ("id");
