-- Reason: the number of a version that was withdrawn is not given again, else an audit record, or a request made for
-- the one, would speak of the other.
alter table environment add column last_version integer not null default 0;
update environment set last_version =
  (select coalesce(max(version), 0) from baseline where baseline.environment = environment.name);
