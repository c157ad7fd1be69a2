// SPDX-License-Identifier: Apache-2.0
// Shared libraries that Electron needs from the system, the display server Xvfb, and what tests run beside.
import { ask, SetupError } from './process.mjs';
import { distribution, installIfAllowed, installText, isRoot } from './system-install.mjs';

/** Package names by what is missing: [Debian and Ubuntu, Fedora]. */
const packagesFor = new Map([
  ['Xvfb', ['xvfb', 'xorg-x11-server-Xvfb']],
  ['python3', ['python3', 'python3']],
  ['curl', ['curl', 'curl']],
  ['libgtk-3.so.0', ['libgtk-3-0', 'gtk3']],
  ['libnss3.so', ['libnss3', 'nss']],
  ['libnssutil3.so', ['libnss3', 'nss-util']],
  ['libsmime3.so', ['libnss3', 'nss']],
  ['libnspr4.so', ['libnspr4', 'nspr']],
  ['libasound.so.2', ['libasound2', 'alsa-lib']],
  ['libgbm.so.1', ['libgbm1', 'mesa-libgbm']],
  ['libatk-1.0.so.0', ['libatk1.0-0', 'atk']],
  ['libatk-bridge-2.0.so.0', ['libatk-bridge2.0-0', 'at-spi2-atk']],
  ['libatspi.so.0', ['libatspi2.0-0', 'at-spi2-core']],
  ['libdrm.so.2', ['libdrm2', 'libdrm']],
  ['libxkbcommon.so.0', ['libxkbcommon0', 'libxkbcommon']],
  ['libXcomposite.so.1', ['libxcomposite1', 'libXcomposite']],
  ['libXdamage.so.1', ['libxdamage1', 'libXdamage']],
  ['libXrandr.so.2', ['libxrandr2', 'libXrandr']],
  ['libXfixes.so.3', ['libxfixes3', 'libXfixes']],
  ['libXext.so.6', ['libxext6', 'libXext']],
  ['libX11.so.6', ['libx11-6', 'libX11']],
  ['libxcb.so.1', ['libxcb1', 'libxcb']],
  ['libcups.so.2', ['libcups2', 'cups-libs']],
  ['libdbus-1.so.3', ['libdbus-1-3', 'dbus-libs']],
  ['libpango-1.0.so.0', ['libpango-1.0-0', 'pango']],
  ['libcairo.so.2', ['libcairo2', 'cairo']],
  ['libglib-2.0.so.0', ['libglib2.0-0', 'glib2']],
  ['libgobject-2.0.so.0', ['libglib2.0-0', 'glib2']],
  ['libgio-2.0.so.0', ['libglib2.0-0', 'glib2']],
  ['libexpat.so.1', ['libexpat1', 'expat']],
  ['libudev.so.1', ['libudev1', 'systemd-libs']],
]);
// Not linked but needed: without any font a page has no text.
const alwaysAlong = ['fonts-dejavu-core', 'dejavu-sans-fonts'];

/** @param {string} executable @returns {string[]} sonames that the dynamic linker does not find */
function missingLibraries(executable) {
  if (process.platform !== 'linux') return [];
  const found = ask('ldd', [executable]) ?? '';
  return [...found.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '');
}

/** @param {string} program */
const isOnPath = (program) => ask('sh', ['-c', `command -v ${program}`]) !== undefined;

/** Independent scripts compute figures again, and the scripts of runs wait for their servers with curl. */
export const testPrograms = ['python3', 'curl'];

/**
 * @param {string | undefined} executable Electron's, where it is needed
 * @param {string[]} programs that are needed beside it
 * @returns {string[]} what is missing: sonames and program names
 */
export const missingFromSystem = (executable, programs) => [
  ...programs.filter((program) => !isOnPath(program)),
  ...(executable === undefined ? [] : missingLibraries(executable)),
];

/**
 * Debian and Ubuntu renamed some libraries for 64-bit times (`libgtk-3-0t64`).
 * @param {string[]} names older names
 * @param {string} policy what `apt-cache policy` says of them and of the newer names
 * @returns {string[]} the names that can be installed here; an older one where neither can
 */
export function debianNames(names, policy) {
  const known = new Set();
  for (const [, name, candidate] of policy.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (.*)$/gm))
    if (candidate !== '(none)') known.add(name);
  return names.map((name) => (!known.has(name) && known.has(`${name}t64`) ? `${name}t64` : name));
}

/** One call for all of them: each takes a third of a second. @param {string[]} names */
const debianNamesHere = (names) =>
  debianNames(names, ask('apt-cache', ['policy', ...names, ...names.map((name) => `${name}t64`)]) ?? '');

/**
 * @param {string[]} missing sonames and program names
 * @param {import('./system-install.mjs').Distribution} system
 * @returns {string[]} packages that bring them
 */
function packagesOf(missing, system) {
  const column = system === 'debian' ? 0 : 1;
  const known = missing.flatMap((name) => packagesFor.get(name)?.[column] ?? []);
  const names = [...new Set([...known, alwaysAlong[column] ?? ''])];
  return system === 'debian' ? debianNamesHere(names) : names;
}

/**
 * Installs what is missing if that is allowed.
 * @param {string | undefined} executable Electron's, where it is needed
 * @param {string[]} programs that are needed beside it
 * @throws {SetupError} with the command that cures it, if something is missing afterwards
 */
export async function provideSystemPackages(executable, programs) {
  const missing = missingFromSystem(executable, programs);
  if (missing.length === 0) return;
  const system = distribution();
  await installIfAllowed(`Iterscope needs ${missing.join(', ')} here`, () => packagesOf(missing, system));
  const still = missingFromSystem(executable, programs);
  if (still.length === 0) return;
  const text = installText(packagesOf(still, system), system, isRoot());
  throw new SetupError(
    `This system lacks ${still.join(', ')}, which Iterscope needs here; ` +
      (text ? `install with: ${text}` : 'install them with your package manager') +
      (isRoot() ? ' (or set CI=true to have that done).' : '.'),
  );
}
