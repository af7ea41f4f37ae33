-- Reason: the alerts of a day are counted with every routing and on the alerts page; without this all events are read.
-- The words of the condition are those of storage/alert-budget.ts.
create index alert_event_told_at_idx on alert_event (at) include (alert_id)
  where action in ('opened', 'reopened', 'flapping', 'escalated');
