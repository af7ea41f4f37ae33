-- Reason: pipelines ask the API, and a pipeline has no browser to sign in with. A token has a role of its
-- own, belongs to no person, and only its hash is here. Its name is what the audit record calls it, so a
-- name is never given twice.
create table api_token (
  id bigserial not null,
  name text not null,
  token_hash text not null,
  role text not null,
  created_by text not null,
  created_at timestamptz(6) not null default current_timestamp,
  expires_at timestamptz(6),
  revoked_at timestamptz(6),
  last_used_at timestamptz(6),
  constraint api_token_pkey primary key (id),
  constraint api_token_role_check check (role in ('viewer', 'analyst'))
);
create unique index api_token_name_key on api_token (name);
create unique index api_token_token_hash_key on api_token (token_hash);
