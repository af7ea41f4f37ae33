// Who calls whom in the example's shop. `database:` names a database; everything else is a service.
export const CALLS = {
  gateway: ['orders'],
  orders: ['billing', 'database:orders'],
  billing: ['database:billing'],
}
