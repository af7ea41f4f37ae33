// /api/v1/environments: all environments, and the settings that bear on their baselines.
import { readEnvironments } from '../../../../storage/environments.ts'
import { LIST_ENVIRONMENTS } from '../../../contract/routes/inventory.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { webProcess } from '../../../web-process.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_ENVIRONMENTS, async () => {
    const { forbidsSelfApproval } = webProcess().config
    return { items: await readEnvironments(database()), forbidsSelfApproval }
  }),
)
