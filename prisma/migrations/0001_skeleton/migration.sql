-- The walking skeleton: accounts, the stream's tables, baselines, alerts, audit.
-- Written from prisma/schema.prisma, and by hand what Prisma cannot say: the partitions of bucket,
-- checks, triggers and functions. What each table means stands in the schema.

create table environment (
  name text not null,
  active_version integer,
  created_at timestamptz(6) not null default current_timestamp,
  constraint environment_pkey primary key (name)
);

create table node (
  id bigserial not null,
  environment text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  first_seen timestamptz(6) not null,
  last_seen timestamptz(6) not null,
  is_observed boolean not null,
  versions text[] not null,
  unattributed_calls bigint not null,
  constraint node_pkey primary key (id)
);

create table edge (
  id bigserial not null,
  environment text not null,
  source_id bigint not null,
  target_id bigint not null,
  protocol smallint not null,
  calls bigint not null,
  errors bigint not null,
  first_seen timestamptz(6) not null,
  last_seen timestamptz(6) not null,
  trust bigint[] not null,
  hosts text[] not null,
  ports integer[] not null,
  judged_version integer,
  alert_id bigint,
  constraint edge_pkey primary key (id)
);

create table operation (
  id bigserial not null,
  edge_id bigint not null,
  name text not null,
  calls bigint not null,
  errors bigint not null,
  constraint operation_pkey primary key (id)
);

create table bucket (
  operation_id bigint not null,
  edge_id bigint not null,
  start timestamptz(6) not null,
  calls bigint not null,
  errors bigint not null,
  client_latency bigint[],
  server_latency bigint[],
  constraint bucket_pkey primary key (start, operation_id)
) partition by range (start);

create table bucket_default partition of bucket default;

create table exemplar (
  edge_id bigint not null,
  trace_id text not null,
  operation_name text not null,
  hour timestamptz(6) not null,
  constraint exemplar_pkey primary key (edge_id, trace_id, operation_name)
);

create table trace_span (
  trace_id text not null,
  span_id text not null,
  kind smallint not null,
  service text not null,
  parent_id text not null,
  operation text not null,
  start timestamptz(6) not null,
  duration_ms double precision not null,
  is_error boolean not null,
  constraint trace_span_pkey primary key (trace_id, span_id, kind, service)
);

create table alert (
  id bigserial not null,
  environment text not null,
  kind text not null,
  subject text not null,
  subject_hash text not null,
  source_environment text not null,
  source_kind text not null,
  source_namespace text not null,
  source_name text not null,
  target_environment text not null,
  target_kind text not null,
  target_namespace text not null,
  target_name text not null,
  state text not null,
  episode integer not null,
  baseline_version integer not null,
  summary text not null,
  reasons jsonb not null,
  first_at timestamptz(6) not null,
  last_at timestamptz(6) not null,
  constraint alert_pkey primary key (id)
);

create table alert_event (
  id bigserial not null,
  alert_id bigint not null,
  at timestamptz(6) not null default current_timestamp,
  action text not null,
  actor text not null,
  reason text not null,
  constraint alert_event_pkey primary key (id)
);

create table baseline (
  id bigserial not null,
  environment text not null,
  version integer not null,
  state text not null,
  author text not null,
  approver text,
  reason text not null,
  created_at timestamptz(6) not null default current_timestamp,
  activated_at timestamptz(6),
  constraint baseline_pkey primary key (id)
);

create table baseline_entry (
  baseline_id bigint not null,
  entry integer not null,
  source_environment text not null,
  source_kind text not null,
  source_namespace text not null,
  source_name text not null,
  target_environment text not null,
  target_kind text not null,
  target_namespace text not null,
  target_name text not null,
  constraint baseline_entry_pkey primary key (baseline_id, entry)
);

create table position (
  singleton smallint not null default 1,
  journal_id text not null,
  journal_offset bigint not null,
  sequence bigint not null,
  committed_at timestamptz(6) not null,
  counters jsonb not null,
  constraint position_pkey primary key (singleton)
);

create table setup_token (
  token_hash text not null,
  created_at timestamptz(6) not null default current_timestamp,
  expires_at timestamptz(6) not null,
  used_at timestamptz(6),
  constraint setup_token_pkey primary key (token_hash)
);

create table audit (
  seq bigint not null,
  at timestamptz(3) not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null,
  previous_hash text not null,
  hash text not null,
  constraint audit_pkey primary key (seq)
);

create table "user" (
  id text not null,
  name text not null,
  email text not null,
  email_verified boolean not null default false,
  image text,
  role text default 'viewer',
  banned boolean default false,
  ban_reason text,
  ban_expires timestamptz(3),
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null,
  constraint user_pkey primary key (id)
);

create table session (
  id text not null,
  expires_at timestamptz(3) not null,
  token text not null,
  ip_address text,
  user_agent text,
  impersonated_by text,
  user_id text not null,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null,
  constraint session_pkey primary key (id)
);

create table account (
  id text not null,
  account_id text not null,
  provider_id text not null,
  user_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  password text,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null,
  constraint account_pkey primary key (id)
);

create table verification (
  id text not null,
  identifier text not null,
  value text not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null,
  constraint verification_pkey primary key (id)
);

create table rate_limit (
  id text not null,
  key text not null,
  count integer not null,
  last_request bigint not null,
  constraint rate_limit_pkey primary key (id)
);

create unique index node_environment_kind_namespace_name_key
  on node (environment, kind, namespace, name);
create index edge_environment_last_seen_idx on edge (environment, last_seen);
create index edge_target_id_idx on edge (target_id);
create index edge_alert_id_idx on edge (alert_id);
create unique index edge_source_id_target_id_key on edge (source_id, target_id);
create unique index operation_edge_id_name_key on operation (edge_id, name);
create index bucket_edge_id_start_idx on bucket (edge_id, start);
create index exemplar_trace_id_idx on exemplar (trace_id);
create index alert_environment_subject_hash_idx on alert (environment, subject_hash);
create index alert_state_last_at_idx on alert (state, last_at);
create unique index alert_environment_kind_subject_hash_key
  on alert (environment, kind, subject_hash);
create index alert_event_alert_id_idx on alert_event (alert_id);
create unique index baseline_environment_version_key on baseline (environment, version);
create unique index user_email_key on "user" (email);
create unique index session_token_key on session (token);
create index session_user_id_idx on session (user_id);
create index account_user_id_idx on account (user_id);
create index verification_identifier_idx on verification (identifier);
create unique index rate_limit_key_key on rate_limit (key);
alter table node add constraint node_environment_fkey foreign key (environment)
  references environment (name) on delete restrict on update cascade;
alter table edge add constraint edge_environment_fkey foreign key (environment)
  references environment (name) on delete restrict on update cascade;
alter table edge add constraint edge_source_id_fkey foreign key (source_id)
  references node (id) on delete restrict on update cascade;
alter table edge add constraint edge_target_id_fkey foreign key (target_id)
  references node (id) on delete restrict on update cascade;
alter table edge add constraint edge_alert_id_fkey foreign key (alert_id)
  references alert (id) on delete set null on update cascade;
alter table operation add constraint operation_edge_id_fkey foreign key (edge_id)
  references edge (id) on delete cascade on update cascade;
alter table exemplar add constraint exemplar_edge_id_fkey foreign key (edge_id)
  references edge (id) on delete cascade on update cascade;
alter table alert add constraint alert_environment_fkey foreign key (environment)
  references environment (name) on delete restrict on update cascade;
alter table alert_event add constraint alert_event_alert_id_fkey foreign key (alert_id)
  references alert (id) on delete restrict on update cascade;
alter table baseline add constraint baseline_environment_fkey foreign key (environment)
  references environment (name) on delete restrict on update cascade;
alter table baseline_entry add constraint baseline_entry_baseline_id_fkey foreign key (baseline_id)
  references baseline (id) on delete restrict on update cascade;
alter table session add constraint session_user_id_fkey foreign key (user_id)
  references "user" (id) on delete cascade on update cascade;
alter table account add constraint account_user_id_fkey foreign key (user_id)
  references "user" (id) on delete cascade on update cascade;

-- Checks: what no writer may break.
alter table position add constraint position_singleton_check check (singleton = 1);
alter table alert add constraint alert_state_check
  check (state in ('open', 'accepted', 'rejected', 'withdrawn'));
alter table baseline add constraint baseline_state_check
  check (state in ('draft', 'in_review', 'active', 'superseded'));

-- Sum of two lists of counts, position by position; never below 0; null when all is 0 or nothing
-- is given, so that equal sums are equal rows however they were cut.
create function add_counts(a bigint[], b bigint[]) returns bigint[]
language sql immutable parallel safe
set search_path = pg_catalog
as $$
  select case when bool_or(s.total > 0) then array_agg(s.total order by s.place) end
  from (
    select greatest(coalesce(u.x, 0) + coalesce(u.y, 0), 0) as total, u.place
    from unnest(a, b) with ordinality as u(x, y, place)
  ) s
$$;

-- Union of two sets, sorted, at most so many: the smallest stay, so that order does not matter.
create function merge_texts(a text[], b text[], count_max int) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog
as $$
  select coalesce(array_agg(s.value order by s.value collate "C"), '{}')
  from (
    select distinct u.value collate "C" as value from unnest(a || b) as u(value)
    order by 1 limit count_max
  ) s
$$;

create function merge_numbers(a int[], b int[], count_max int) returns int[]
language sql immutable parallel safe
set search_path = pg_catalog
as $$
  select coalesce(array_agg(s.value order by s.value), '{}')
  from (select distinct u.value from unnest(a || b) as u(value) order by 1 limit count_max) s
$$;

-- One day of buckets gets a table of its own; rows that went to the default partition move there.
create function create_bucket_partition(day date) returns boolean
language plpgsql
set timezone = 'UTC'
as $$
declare
  partition_name text := 'bucket_' || to_char(day, 'YYYYMMDD');
begin
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

-- Drops the days that end at or before a time; returns how many. Rows of the default partition go too.
create function drop_bucket_partitions(before timestamptz) returns int
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
    execute format('drop table %I', found.relname);
    dropped := dropped + 1;
  end loop;
  delete from bucket_default where start < before;
  return dropped;
end
$$;

-- The roles of the collector and the web may add this one kind of job and nothing else of the queue.
create function enqueue_alert_delivery(alert_id bigint, episode int) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_job(
    'deliver-alert',
    json_build_object('alertId', alert_id::text, 'episode', episode),
    job_key => 'deliver-alert-' || alert_id || '-' || episode);
end
$$;
revoke all on function enqueue_alert_delivery(bigint, int) from public;

-- Makes a login role or renews its password; a function, because neither takes parameters.
create function ensure_login_role(role_name text, role_password text) returns void
language plpgsql
set password_encryption = 'scram-sha-256'
as $$
begin
  if not exists (select from pg_roles where rolname = role_name) then
    execute format('create role %I login nocreatedb nocreaterole noinherit', role_name);
  end if;
  execute format('alter role %I login password %L', role_name, role_password);
end
$$;
revoke all on function ensure_login_role(text, text) from public;

-- The audit is append-only for everyone, the owner included.
create function refuse_change() returns trigger
language plpgsql
as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_append_only before update or delete or truncate on audit
  for each statement execute function refuse_change();
create trigger baseline_entry_append_only before update or delete or truncate on baseline_entry
  for each statement execute function refuse_change();

-- An active version only ever becomes superseded, a superseded one active again (a roll-back).
create function keep_baseline() returns trigger
language plpgsql
as $$
begin
  if old.state in ('active', 'superseded') and (
    new.state not in ('active', 'superseded')
    or (new.environment, new.version, new.author, new.approver, new.reason, new.created_at)
       is distinct from
       (old.environment, old.version, old.author, old.approver, old.reason, old.created_at)
  ) then
    raise exception 'baseline version % of % is immutable', old.version, old.environment
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger baseline_immutable before update on baseline
  for each row execute function keep_baseline();
