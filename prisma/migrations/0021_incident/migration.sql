-- Reason: alerts with one cause (a deploy, a caller, an external domain) are told as one incident. Alerts from before
-- keep none: when their edges began and which version was new then is not known any more, and a guess by caller alone
-- would claim a cause. They get one when they reopen.
create table incident (
  id bigserial not null,
  environment text not null references environment (name)
    on delete restrict on update cascade,
  kind text not null,
  node_kind text not null,
  node_namespace text not null,
  node_name text not null,
  version text,
  deployed_at timestamptz(6),
  cause_hash text not null,
  first_at timestamptz(6) not null,
  last_at timestamptz(6) not null,
  primary key (id),
  constraint incident_kind_check check (kind in ('deploy', 'domain', 'caller')),
  constraint incident_version_check
    check ((kind = 'deploy') = (version is not null) and (kind = 'deploy') = (deployed_at is not null))
);
create index incident_environment_cause_hash_last_at_idx on incident
  (environment, cause_hash, last_at desc);
create index incident_last_at_id_idx on incident (last_at desc, id desc);

alter table alert add column incident_id bigint references incident (id)
  on delete set null on update cascade;
create index alert_incident_id_idx on alert (incident_id);

-- An alert recovers when what strayed was not seen for a while. quiet_since: when it was seen last, while it is recovered.
alter table alert add column quiet_since timestamptz(6);
alter table alert add constraint alert_quiet_check
  check ((state = 'recovered') = (quiet_since is not null));

-- What each environment sets for itself; watched_since, watched_at: since when and until when somebody looked, without
-- a gap, because what nobody could see is not quiet.
alter table environment add column zone text not null default 'UTC';
alter table environment add column alert_target int not null default 10;
alter table environment add column recover_after_ms bigint not null default 604800000;
alter table environment add column watched_since timestamptz(6);
alter table environment add column watched_at timestamptz(6);
