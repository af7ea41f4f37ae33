-- Reason: a month read from minutes takes seconds to minutes. Minutes are rolled up to hours and hours to
-- days; a latency histogram becomes one number, so that it is summed by sum() and not element by element.
-- What each table means stands in the schema; why it is so, in docs/decisions/0010.

-- Place i of a histogram is worth 10^(16 i): a list of counts is one number, adding is adding.
create function pack_counts(counts bigint[]) returns numeric
language sql immutable parallel safe
set search_path = pg_catalog
as $$
  select nullif(sum(u.count * ('1e' || 16 * (u.place - 1))::numeric), 0)
  from unnest(counts) with ordinality as u(count, place)
$$;

alter table bucket
  alter column client_latency type numeric using pack_counts(client_latency),
  alter column server_latency type numeric using pack_counts(server_latency);
drop function pack_counts(bigint[]);
-- What sampling left out, in 1/2048 of a call, by the weights of what it kept.
alter table bucket
  add column sampled_calls bigint not null default 0,
  add column unseen_calls bigint not null default 0,
  add column unseen_errors bigint not null default 0,
  add column unseen_client numeric,
  add column unseen_server numeric;

create table bucket_hour (
  like bucket including defaults,
  constraint bucket_hour_pkey primary key (start, operation_id)
) partition by range (start);
create table bucket_hour_default partition of bucket_hour default;
create index bucket_hour_edge_id_start_idx on bucket_hour (edge_id, start);

create table bucket_day (
  like bucket including defaults,
  constraint bucket_day_pkey primary key (start, operation_id)
) partition by range (start);
create table bucket_day_default partition of bucket_day default;
create index bucket_day_edge_id_start_idx on bucket_day (edge_id, start);

create table bucket_tier (
  tier text not null,
  rolled_until timestamptz(6) not null,
  kept_since timestamptz(6) not null,
  kept_at timestamptz(6) not null,
  constraint bucket_tier_pkey primary key (tier),
  constraint bucket_tier_tier_check check (tier in ('minute', 'hour', 'day'))
);
insert into bucket_tier (tier, rolled_until, kept_since, kept_at)
select tier, to_timestamp(0), to_timestamp(0), to_timestamp(0)
from unnest(array['minute', 'hour', 'day']) as tier;

create table rollup_due (
  id bigserial not null,
  tier text not null,
  start timestamptz(6) not null,
  constraint rollup_due_pkey primary key (id)
);

create table edge_tally (
  span text not null,
  start timestamptz(6) not null,
  edge_id bigint not null,
  calls bigint[] not null,
  errors bigint[] not null,
  sampled_calls bigint[],
  unseen_calls bigint[],
  unseen_errors bigint[],
  constraint edge_tally_span_check check (span in ('day', 'block')),
  constraint edge_tally_pkey primary key (span, start, edge_id)
);

-- Element i + 1 is the sum of the counts whose place is below i; places may come in any order. Null when
-- all counts are 0.
create function running_sums(places int[], counts bigint[], slices int) returns bigint[]
language plpgsql immutable parallel safe
set search_path = pg_catalog
as $$
declare
  sums bigint[] := array_fill(0::bigint, array[slices + 1]);
begin
  if 0 = all (counts) then
    return null;
  end if;
  for i in 1 .. coalesce(array_length(places, 1), 0) loop
    sums[places[i] + 2] := sums[places[i] + 2] + counts[i];
  end loop;
  for i in 2 .. slices + 1 loop
    sums[i] := sums[i - 1] + sums[i];
  end loop;
  return sums;
end
$$;

-- One period of a partitioned table gets a table of its own, named by its first day; rows that went to the
-- default partition move there. Writers wait while it is made, readers do not; the caller sets lock_timeout.
create function create_partition(parent text, first_day date, days int) returns boolean
language plpgsql
set timezone = 'UTC'
as $$
declare
  partition_name text := parent || '_' || to_char(first_day, 'YYYYMMDD');
  low timestamptz := first_day::timestamptz;
  high timestamptz := (first_day + days)::timestamptz;
begin
  if to_regclass(partition_name) is not null then
    return false;
  end if;
  execute format('lock table %I in share row exclusive mode', parent);
  if to_regclass(partition_name) is not null then
    return false;
  end if;
  execute format('create table %I (like %I including all)', partition_name, parent);
  execute format(
    'with moved as (delete from %I where start >= %L and start < %L returning *)
     insert into %I select * from moved',
    parent || '_default', low, high, partition_name);
  execute format('alter table %I attach partition %I for values from (%L) to (%L)',
    parent, partition_name, low, high);
  return true;
end
$$;

-- The partitions of a table that end at or before a time, oldest first.
create function list_past_partitions(parent text, days int, before timestamptz) returns setof text
language sql stable
set timezone = 'UTC'
as $$
  select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = parent::regclass and c.relname ~ ('^' || parent || '_[0-9]{8}$')
    and (to_date(right(c.relname, 8), 'YYYYMMDD') + days)::timestamptz <= before
  order by 1
$$;

drop function create_bucket_partition(date);
drop function drop_bucket_partitions(timestamptz);
