-- Expand: whatever the release before reads and writes stays, so that both run side by side.
create table "milestone" (
  "id" uuid not null,
  "version" int not null default 1,
  "project_id" uuid not null,
  "name" varchar(200) not null,
  primary key ("id")
);

alter table "milestone" add constraint "milestone_project_id_foreign" foreign key ("project_id") references "project" ("id");

alter table "task" add column "milestone_id" uuid null;

alter table "task" add constraint "task_milestone_id_foreign" foreign key ("milestone_id") references "milestone" ("id") on delete set null;

-- The title becomes the name. Until the release before is gone, each of them follows the other.
alter table "project" add column "name" varchar(200) null;

create function project_name_follows_title() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.name := coalesce(new.name, new.title);
    new.title := coalesce(new.title, new.name);
  elsif new.name is distinct from old.name then
    new.title := new.name;
  else
    new.name := new.title;
  end if;
  return new;
end $$;

create trigger project_name_follows_title before insert or update on "project"
  for each row execute function project_name_follows_title();

update "project" set "title" = "title";

-- Every project begins with a milestone that has the tasks so far.
insert into "milestone" ("id", "project_id", "name") select gen_random_uuid(), "id", 'Start' from "project";

update "task" set "milestone_id" = "milestone"."id" from "milestone" where "milestone"."project_id" = "task"."project_id";
