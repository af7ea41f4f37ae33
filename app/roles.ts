// Who may do what: viewers look, analysts draft and triage, admins also approve and administer. Without a
// server import, because the declarations of the routes (contract/) name roles, too.

export const ROLES = ['viewer', 'analyst', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Whether a role is at least the one that is needed. */
export function hasRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}
