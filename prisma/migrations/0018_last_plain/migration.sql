-- Reason: a downgrade that was mended must not come back because the edge is still called, encrypted: the time of
-- its last call in the clear decides. Null: there was none, or it was before this was kept.
alter table edge add column last_plain timestamptz(6);
