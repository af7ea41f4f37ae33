// /api/v1/intake: what has come in so far and what was refused, for whoever connects a sender.
import { READ_INTAKE } from '../../../contract/routes/intake.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { readIntake } from '../../../read-intake.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_INTAKE, () => readIntake(database(), Date.now())),
)
