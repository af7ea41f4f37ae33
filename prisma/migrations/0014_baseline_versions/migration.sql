-- Baselines that people draft, review and roll back: what an entry says beside its edge, rules by pattern, and what
-- an alert says of the drift it records. One alert a subject from here on: its kind is the most specific one that
-- holds now, so that an edge that becomes worse is not told as a second edge.

alter table baseline
  add column title text not null default '',
  add column origin text not null default 'window',
  add column base_version integer,
  add column revision integer not null default 1,
  add column editors text[] not null default '{}',
  add column submitted_at timestamptz(6);

alter table baseline_entry
  add column purpose text not null default '',
  add column owner text not null default '',
  add column ticket text not null default '',
  add column approver text not null default '',
  add column expires_at timestamptz(6),
  add column protocols text[],
  add column operations text[],
  add column ports integer[],
  add column is_encrypted boolean not null default false,
  add column exception_to text[] not null default '{}',
  add column quarantine text[] not null default '{}';

create table baseline_rule (
  baseline_id bigint not null,
  id text not null,
  place integer not null,
  effect text not null,
  source jsonb not null,
  target jsonb not null,
  purpose text not null default '',
  owner text not null default '',
  ticket text not null default '',
  approver text not null default '',
  expires_at timestamptz(6),
  protocols text[],
  operations text[],
  ports integer[],
  constraint baseline_rule_pkey primary key (baseline_id, id)
);
alter table baseline_rule add constraint baseline_rule_baseline_id_fkey foreign key (baseline_id)
  references baseline (id) on delete restrict on update cascade;
alter table baseline_rule add constraint baseline_rule_effect_check
  check (effect in ('allow', 'deny'));

alter table environment
  add column tags_revision integer not null default 0,
  add column judged_tags text not null default '',
  add column judged_at timestamptz(6);

-- Entries and rules come and go with a draft only; a row is never changed, but replaced.
drop trigger baseline_entry_kept on baseline_entry;
drop function keep_baseline_entry();
create function keep_baseline_content() returns trigger
language plpgsql
as $$
begin
  if exists (
    select from changed join baseline on baseline.id = changed.baseline_id
    where baseline.state <> 'draft' and not (
      tg_op = 'DELETE'
      and exists (select from removed_environment where name = baseline.environment))
  ) then
    raise exception '% of a version that is no draft is immutable', tg_table_name
      using errcode = 'insufficient_privilege';
  end if;
  return null;
end
$$;
create trigger baseline_entry_drafted after insert on baseline_entry
  referencing new table as changed for each statement execute function keep_baseline_content();
create trigger baseline_entry_kept after delete on baseline_entry
  referencing old table as changed for each statement execute function keep_baseline_content();
create trigger baseline_rule_drafted after insert on baseline_rule
  referencing new table as changed for each statement execute function keep_baseline_content();
create trigger baseline_rule_kept after delete on baseline_rule
  referencing old table as changed for each statement execute function keep_baseline_content();
create trigger baseline_rule_append_only before update or truncate on baseline_rule
  for each statement execute function refuse_change();

-- draft -> in_review -> active -> superseded; back from review to draft; a draft may become active at once.
create or replace function keep_baseline() returns trigger
language plpgsql
as $$
begin
  if (new.id, new.environment, new.version, new.author, new.origin, new.base_version,
      new.created_at) is distinct from
     (old.id, old.environment, old.version, old.author, old.origin, old.base_version,
      old.created_at)
    or (old.state, new.state) not in (('draft', 'draft'), ('draft', 'in_review'),
      ('draft', 'active'), ('in_review', 'draft'), ('in_review', 'active'),
      ('active', 'superseded'))
    or (old.state <> 'draft' and (new.title, new.reason) is distinct from (old.title, old.reason))
    or (old.state = 'active' and
      (new.approver, new.activated_at, new.submitted_at, new.revision, new.editors)
      is distinct from
      (old.approver, old.activated_at, old.submitted_at, old.revision, old.editors))
  then
    raise exception 'baseline version % of % may not change so', old.version, old.environment
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;

-- Only a draft goes, or what goes with its environment.
create function keep_baseline_version() returns trigger
language plpgsql
as $$
begin
  if old.state <> 'draft'
    and not exists (select from removed_environment where name = old.environment)
  then
    raise exception 'baseline version % of % is kept', old.version, old.environment
      using errcode = 'insufficient_privilege';
  end if;
  return old;
end
$$;
create trigger baseline_kept before delete on baseline
  for each row execute function keep_baseline_version();

alter table alert
  alter column target_environment drop not null,
  alter column target_kind drop not null,
  alter column target_namespace drop not null,
  alter column target_name drop not null,
  add column severity text not null default 'medium',
  add column reasons_against jsonb not null default '[]',
  add column rule_id text,
  add column reaches jsonb not null
    default '{"pairs": [], "pairsTotal": 0, "stores": [], "storesTotal": 0}',
  add column news jsonb not null default '{"protocols": [], "operations": [], "ports": []}';
alter table alert add constraint alert_severity_check
  check (severity in ('critical', 'high', 'medium', 'low'));

-- Alerts of one subject become one: the one that waits for somebody, else the newest, with the history of all.
create temporary table same_alert on commit drop as
  select id, first_value(id) over (
    partition by environment, subject_hash
    order by array_position(array['open', 'rejected', 'accepted', 'withdrawn'], state),
      last_at desc, id desc
  ) as kept_id
  from alert;
update alert_event set alert_id = same_alert.kept_id from same_alert
  where same_alert.id = alert_event.alert_id and same_alert.id <> same_alert.kept_id;
update edge set alert_id = same_alert.kept_id from same_alert
  where same_alert.id = edge.alert_id and same_alert.id <> same_alert.kept_id;
delete from alert using same_alert
  where same_alert.id = alert.id and same_alert.id <> same_alert.kept_id;
drop table same_alert;
drop index alert_environment_kind_subject_hash_key;
drop index alert_environment_subject_hash_idx;
create unique index alert_environment_subject_hash_key on alert (environment, subject_hash);
