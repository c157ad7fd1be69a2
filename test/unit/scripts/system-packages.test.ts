// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { debianNames } from '../../../scripts/lib/system-packages.mjs';

/** As `apt-cache policy` prints it: virtual packages without a candidate, unknown ones not at all. */
const policy = `libgtk-3-0t64:
  Installed: (none)
  Candidate: 3.24.49-3
  Version table:
     3.24.49-3 500
        500 http://deb.debian.org/debian trixie/main amd64 Packages
libasound2:
  Installed: (none)
  Candidate: (none)
  Version table:
libasound2t64:
  Installed: (none)
  Candidate: 1.2.14-1
  Version table:
     1.2.14-1 500
libnss3:
  Installed: 2:3.110-1
  Candidate: 2:3.110-1
  Version table:
 *** 2:3.110-1 500
`;

describe('names of Debian packages', () => {
  it('are the renamed ones where only those can be installed', () => {
    expect(debianNames(['libgtk-3-0', 'libasound2', 'libnss3'], policy)).toEqual([
      'libgtk-3-0t64',
      'libasound2t64',
      'libnss3',
    ]);
  });

  it('stay as they are where the lists know nothing yet', () => {
    expect(debianNames(['libgtk-3-0', 'libnss3'], '')).toEqual(['libgtk-3-0', 'libnss3']);
  });
});
