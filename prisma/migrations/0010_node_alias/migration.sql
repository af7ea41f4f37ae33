-- Reason: a node that was renamed or merged must not come back under its old name, which services go on
-- stating. Each commit looks names up here before it stores anything under them.
create table node_alias (
  environment text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  node_id bigint not null,
  constraint node_alias_pkey primary key (environment, kind, namespace, name)
);
create index node_alias_node_id_idx on node_alias (node_id);
alter table node_alias add constraint node_alias_node_id_fkey foreign key (node_id)
  references node (id) on delete cascade on update cascade;
