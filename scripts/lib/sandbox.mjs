// SPDX-License-Identifier: Apache-2.0
import { ask, SetupError } from './process.mjs';

const isLinuxRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** @returns {string[]} Chromium refuses to run its sandbox as root */
export const sandboxArguments = () => (isLinuxRoot ? ['--no-sandbox'] : []);

/** @throws {SetupError} where the system forbids the user namespaces that the sandbox is made of */
export function checkSandbox() {
  if (process.platform !== 'linux' || isLinuxRoot) return;
  if (ask('unshare', ['--user', '--map-root-user', 'true']) !== undefined) return;
  const appArmor = ask('sysctl', ['-n', 'kernel.apparmor_restrict_unprivileged_userns']) === '1';
  const setting = appArmor
    ? 'kernel.apparmor_restrict_unprivileged_userns=0'
    : 'kernel.unprivileged_userns_clone=1';
  throw new SetupError(
    `This system forbids user namespaces, which Chromium's sandbox needs; allow them with: sudo sysctl -w ${setting}`,
  );
}

// Chromium reports absent desktop services and graphics drivers as errors, though it does without them.
const noise = /^\[[\d:/.]*(ERROR|WARNING):[^\]]*(bus|gpu|gl|viz|vulkan|angle|ozone|command_buffer)[^\]]*\]/;
const proxyNoise = /^(libva|MESA|libEGL|Gtk-|\(.*\): (Gtk|dconf|GLib))/;

/** @param {string} line of Electron's stderr @returns {boolean} whether it says nothing about the workbench */
export const hideChromiumNoise = (line) => noise.test(line) || proxyNoise.test(line);
