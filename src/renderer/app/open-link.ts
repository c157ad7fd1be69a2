// SPDX-License-Identifier: Apache-2.0
import { parseViewLink } from '#renderer/base/view-link.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { followLink, isAbout } from '#renderer/stores/links.ts';
import { chooseRunTab, goTo } from '#renderer/stores/navigation.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import { useOpened } from '#renderer/stores/opened.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { showSet } from './commands.ts';

/** Follows links to views (base/view-link.ts): to a run of the library, or to files, which main opens after asking. */

export async function openLink(text: string): Promise<void> {
  const link = parseViewLink(text);
  if (link === null) {
    notify(
      'error',
      'This is no link to a view: copy the whole line that begins with iterscope://view? and paste it again.',
    );
    return;
  }
  if ('run' in link.of) {
    const { run } = link.of;
    if (useRuns.getState().summaries?.some(({ id }) => id === run) !== true) {
      notify(
        'error',
        `The link leads to the run ${run}, which is not in the library: import its archive, then open the link again.`,
      );
      return;
    }
    followLink(link);
    chooseRunTab(run, 'timeline');
    goTo({ kind: 'run', id: run });
    return;
  }
  const opened = useOpened.getState().sets.find(({ set }) => isAbout(link, set));
  try {
    const set = opened?.set ?? (await invoke('sources.fromLink', { paths: [...link.of.files] }));
    if (set === null) return;
    followLink(link);
    showSet(set);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}
