-- Reason: a commit that had chosen the default partition just before a day was attached failed with
-- 23514 (partition constraint). Writers now wait while a day is made; readers do not. And two that
-- make or drop the same day at once no longer fail: the second finds it done.

create or replace function create_bucket_partition(day date) returns boolean
language plpgsql
set timezone = 'UTC'
as $$
declare
  partition_name text := 'bucket_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass(partition_name) is not null then
    return false;
  end if;
  lock table bucket in share row exclusive mode;
  if to_regclass(partition_name) is not null then
    return false;
  end if;
  execute format('create table %I (like bucket including all)', partition_name);
  execute format(
    'with moved as (
       delete from bucket_default where start >= %L and start < %L returning *
     ) insert into %I select * from moved',
    day::timestamptz, (day + 1)::timestamptz, partition_name);
  execute format(
    'alter table bucket attach partition %I for values from (%L) to (%L)',
    partition_name, day::timestamptz, (day + 1)::timestamptz);
  return true;
end
$$;

create or replace function drop_bucket_partitions(before timestamptz) returns int
language plpgsql
set timezone = 'UTC'
as $$
declare
  found record;
  dropped int := 0;
begin
  for found in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'bucket'::regclass and c.relname ~ '^bucket_[0-9]{8}$'
      and (to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamptz <= before
  loop
    execute format('drop table if exists %I', found.relname);
    dropped := dropped + 1;
  end loop;
  delete from bucket_default where start < before;
  return dropped;
end
$$;
