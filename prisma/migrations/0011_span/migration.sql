-- Reason: STRAYLINE_TRACE_RETENTION=all keeps every span for a time, for those who have no tracing backend.
create table span (
  id bigserial not null,
  arrived timestamptz(3) not null,
  trace_id text not null,
  span_id text not null,
  parent_id text not null,
  kind smallint not null,
  service text not null,
  start timestamptz(6) not null,
  duration_ms double precision not null,
  is_error boolean not null,
  resource jsonb not null,
  attributes jsonb not null,
  constraint span_pkey primary key (arrived, id)
) partition by range (arrived);
create table span_default partition of span default;
create index span_trace_id_idx on span (trace_id);
