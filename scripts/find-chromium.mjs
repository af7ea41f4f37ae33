// Where the browser of the end-to-end tests is, and whether a program is there at all. Plain JavaScript:
// setup.mjs runs it before anything is installed.
// CHROMIUM names it; else the first of the usual places. Nothing is ever downloaded.
import { accessSync, constants } from 'node:fs'
import path from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const FOLDERS = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/homebrew/bin']
const APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * @param {Readonly<Record<string, string | undefined>>} env CHROMIUM and PATH are read.
 * @returns {string | undefined} Path of an executable file, or undefined when there is none.
 */
export function findChromium(env) {
  if (env.CHROMIUM) return isExecutable(env.CHROMIUM) ? env.CHROMIUM : undefined
  const folders = [...FOLDERS, ...foldersOf(env)]
  const places = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)))
  return [...places, ...APPLICATIONS].find(isExecutable)
}

/** @returns {boolean} Whether PATH leads to an executable file of that name. */
export function hasProgram(name, env) {
  return foldersOf(env).some((folder) => isExecutable(path.join(folder, name)))
}

function foldersOf(env) {
  return (env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute)
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
