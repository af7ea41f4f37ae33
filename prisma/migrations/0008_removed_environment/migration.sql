-- Environments that are not of real traces can be removed with everything in them. While the collector may hold
-- spans of one, a row keeps its name, so that the next commit does not bring half of it back.
create table removed_environment (
  name text not null,
  removed_at timestamptz(6) not null default current_timestamp,
  constraint removed_environment_pkey primary key (name)
);

-- What was approved stays as it was approved, but for what goes with its environment.
drop trigger baseline_entry_append_only on baseline_entry;
create trigger baseline_entry_append_only before update or truncate on baseline_entry
  for each statement execute function refuse_change();

create function keep_baseline_entry() returns trigger
language plpgsql
as $$
begin
  if not exists (
    select from baseline join removed_environment as removed on removed.name = baseline.environment
    where baseline.id = old.baseline_id
  ) then
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return old;
end
$$;
create trigger baseline_entry_kept before delete on baseline_entry
  for each row execute function keep_baseline_entry();
