-- Reason: renaming and forgetting a node writes the whole stream, which the web's role may not. It may ask
-- for it: the worker does the act as owner.
create function enqueue_node_act(act json) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_job('act-on-node', act, max_attempts => 5);
end
$$;
revoke all on function enqueue_node_act(json) from public;
