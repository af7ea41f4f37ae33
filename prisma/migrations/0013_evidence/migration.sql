-- Reason: what a judge must know of an edge and its ends beside counts: which calls are encrypted, which instances
-- call, in more than one trace or not, whose version is new, and what a node is (owner, data classes, exposure, layer). Calls counted before are
-- neither encrypted nor plain: it is unknown.
alter table edge
  add column tls_calls bigint not null default 0,
  add column plain_calls bigint not null default 0,
  add column caller_instances text[] not null default '{}',
  add column traces text[] not null default '{}';
alter table node
  add column instances text[] not null default '{}',
  add column newest_version text,
  add column version_since timestamptz(6);

-- One of b that is not in a; null when all are.
create function new_text(a text[], b text[]) returns text
language sql immutable parallel safe
set search_path = pg_catalog
as $$
  select u.value from unnest(b) as u(value) where u.value <> all (a)
  order by u.value collate "C" desc limit 1
$$;

create table node_tag (
  environment text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  tag text not null,
  origin text not null,
  value text not null,
  stated_at timestamptz(6) not null,
  constraint node_tag_pkey primary key (environment, kind, namespace, name, tag, origin)
);
alter table node_tag add constraint node_tag_environment_fkey foreign key (environment)
  references environment (name) on delete restrict on update cascade;
alter table node_tag add constraint node_tag_tag_check
  check (tag in ('owner', 'dataClasses', 'exposure', 'layer'));
alter table node_tag add constraint node_tag_origin_check check (origin in ('api', 'resource'));
