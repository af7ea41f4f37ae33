-- Reason: what is rare at a service that is only ever seen sampled may never have been seen; the map
-- must say so. Two facts instead of one, because each only ever becomes true, in whatever order spans
-- come. Services seen before this was asked count as seen whole.

alter table node
  add column is_sampled boolean not null default false,
  add column is_whole boolean not null default false;
update node set is_whole = is_observed;
