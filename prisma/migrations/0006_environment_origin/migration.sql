-- Reason: a demo and an imported capture go into environments of their own, which may be removed again.
-- Which ones these are must not follow from a name that any span can state.

alter table environment add column origin text not null default 'observed'
  constraint environment_origin_check check (origin in ('observed', 'demo', 'import'));
