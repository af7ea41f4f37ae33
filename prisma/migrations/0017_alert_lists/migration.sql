-- Reason: a page of alerts, the newest or the worst first, read and sorted all 10,000 of them: 130 ms each time.
-- The words of the expression are those of storage/alerts.ts.
create index alert_last_at_id_idx on alert (last_at desc, id desc);
create index alert_severity_idx on alert
  ((case severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 else 3 end),
    last_at desc, id desc);
