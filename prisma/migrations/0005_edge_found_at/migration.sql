-- Edges say when they came onto the map, which is later than their first call, so that a page can tell how long
-- nothing new has come. Existing edges count as found now: when they came was not kept.
alter table edge add column found_at timestamptz(6) not null default current_timestamp;
