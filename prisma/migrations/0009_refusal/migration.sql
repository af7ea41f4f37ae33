-- Reason: who connects a service must be told why nothing arrives. Refused requests never reach the journal,
-- so that no commit could tell of them.

create table refusal (
  reason text not null,
  count bigint not null,
  last_at timestamptz(6) not null,
  constraint refusal_pkey primary key (reason)
);
