// /api/v1/environments/ENVIRONMENT/settings: what is set for it: its zone, alerts a day, when alerts recover.
import { changeSettings } from '../../../../../../storage/environment-settings.ts'
import { readSettings } from '../../../../../../storage/environments.ts'
import { actorOf } from '../../../../../caller.ts'
import { CHANGE_SETTINGS, READ_SETTINGS } from '../../../../../contract/routes/inventory.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_SETTINGS, ({ params }) => readSettings(database(), params.environment)),
  serve(CHANGE_SETTINGS, ({ params: { environment }, body: settings, caller }) =>
    changeSettings(database(), { environment, settings, actor: actorOf(caller) }),
  ),
)
