-- Contract: the release that knew titles is gone, and so is what was for its sake. What it wrote last is put in order.
insert into "milestone" ("id", "project_id", "name")
select gen_random_uuid(), "id", 'Start' from "project"
where not exists (select from "milestone" where "milestone"."project_id" = "project"."id");

update "task" set "milestone_id" = (
  select "id" from "milestone" where "milestone"."project_id" = "task"."project_id" order by "id" limit 1
)
where "milestone_id" is null;

drop trigger project_name_follows_title on "project";

drop function project_name_follows_title();

alter table "project" alter column "name" set not null;

alter table "project" drop column "title";
