-- Reason: alerts are triaged: snoozed until a time, given to somebody, commented on; and what a person
-- did can be undone, as one, if it was done to many. What an act changed stands beside it for that.
alter table alert add column snoozed_until timestamptz(6);
alter table alert add column assignee text;
alter table alert drop constraint alert_state_check;
alter table alert add constraint alert_state_check check (state in
  ('open', 'snoozed', 'accepted', 'rejected', 'recovered', 'flapping', 'withdrawn'));
alter table alert add constraint alert_snoozed_check
  check ((state = 'snoozed') = (snoozed_until is not null));
create index alert_snoozed_until_idx on alert (snoozed_until);

alter table alert_event add column detail jsonb not null default '{}';

create table triage_act (
  id bigserial not null,
  at timestamptz(6) not null,
  action text not null,
  actor text not null,
  reason text not null,
  detail jsonb not null,
  undoes bigint,
  constraint triage_act_pkey primary key (id)
);
create unique index triage_act_undoes_key on triage_act (undoes);
alter table triage_act add constraint triage_act_undoes_fkey foreign key (undoes)
  references triage_act (id) on delete restrict on update cascade;
alter table triage_act add constraint triage_act_action_check
  check (action in ('accept', 'reject', 'snooze', 'assign', 'comment', 'undo'));

create table triage_act_alert (
  act_id bigint not null,
  alert_id bigint not null,
  before jsonb not null,
  after jsonb not null,
  constraint triage_act_alert_pkey primary key (act_id, alert_id)
);
create index triage_act_alert_alert_id_act_id_idx on triage_act_alert (alert_id, act_id);
alter table triage_act_alert add constraint triage_act_alert_act_id_fkey foreign key (act_id)
  references triage_act (id) on delete restrict on update cascade;
alter table triage_act_alert add constraint triage_act_alert_alert_id_fkey foreign key (alert_id)
  references alert (id) on delete cascade on update cascade;
