-- Reason: alerts are told to channels, by routes, once. alert_event becomes the outbox: what is not routed yet is
-- planned by the notification worker. What happened before has been told to the log, the one channel there was.
create table channel (
  id bigserial primary key,
  name text not null unique,
  kind text not null,
  settings jsonb not null,
  secrets bytea,
  secret_names text[] not null default '{}',
  is_enabled boolean not null default true,
  revision int not null default 1,
  created_by text not null,
  created_at timestamptz(6) not null default now(),
  paused_until timestamptz(6),
  failing_since timestamptz(6),
  failures int not null default 0,
  last_sent_at timestamptz(6),
  last_error text
);

create table route (
  id bigserial primary key,
  name text not null unique,
  channel_id bigint not null references channel (id) on update cascade on delete cascade,
  place int not null,
  is_enabled boolean not null default true,
  settings jsonb not null,
  revision int not null default 1
);
create index route_channel_id_idx on route (channel_id);

create table delivery (
  id bigserial primary key,
  channel_id bigint not null references channel (id) on update cascade on delete cascade,
  route_id bigint references route (id) on update cascade on delete set null,
  alert_id bigint references alert (id) on update cascade on delete cascade,
  key text not null,
  type text not null,
  act text,
  batch text,
  state text not null default 'waiting',
  attempts int not null default 0,
  due_at timestamptz(6) not null,
  created_at timestamptz(6) not null default now(),
  tried_at timestamptz(6),
  finished_at timestamptz(6),
  last_error text,
  notice jsonb not null,
  constraint delivery_state_check check (state in ('waiting', 'sent', 'dead', 'superseded')),
  constraint delivery_finished_check check ((state = 'waiting') = (finished_at is null))
);
create unique index delivery_channel_id_key_key on delivery (channel_id, key);
create index delivery_channel_id_id_idx on delivery (channel_id, id);
create index delivery_alert_id_channel_id_id_idx on delivery (alert_id, channel_id, id);
create index delivery_route_id_idx on delivery (route_id);
-- What the worker picks, and what is cleared away or needs somebody: small beside what was sent.
create index delivery_waiting_idx on delivery (channel_id, due_at, id) where state = 'waiting';
create index delivery_test_idx on delivery (channel_id, id) where state = 'waiting' and type = 'test';
create index delivery_batch_idx on delivery (channel_id, batch) where batch is not null;
create index delivery_dead_idx on delivery (id) where state = 'dead';
create index delivery_finished_idx on delivery (finished_at) where state <> 'waiting';

alter table alert_event add column is_routed boolean not null default true;
alter table alert_event alter column is_routed set default false;
create index alert_event_unrouted_idx on alert_event (id) where not is_routed;

-- Adds a job that routes whatever is not routed when it runs. Without a job key: under one key commits at the same
-- time would wait for each other, and a job that has just begun would swallow the next.
create function enqueue_alert_routing() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_job('route-alerts', '{}'::json);
end
$$;
revoke all on function enqueue_alert_routing() from public;

-- Adds a job that sends what is due at a channel.
create function enqueue_channel_delivery(channel_id bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_job(
    'deliver-channel',
    json_build_object('channelId', channel_id::text));
end
$$;
revoke all on function enqueue_channel_delivery(bigint) from public;

-- Jobs that would have written an alert into the log: the alerts stay in the inbox, and no channel waits for them.
drop function enqueue_alert_delivery(bigint, int);
do $$
begin
  if to_regclass('graphile_worker.jobs') is not null then
    perform graphile_worker.complete_jobs(array(
      select id from graphile_worker.jobs where task_identifier = 'deliver-alert'));
  end if;
end
$$;
