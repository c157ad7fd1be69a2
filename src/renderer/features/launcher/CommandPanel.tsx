// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';
import type { LaunchPreview } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { plural } from '#renderer/base/format.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { notify } from '#renderer/stores/notices.ts';

interface CommandPanelProps {
  readonly recipe: Recipe;
  readonly preview: LaunchPreview | null;
  readonly problems: ReadonlyMap<string, string>;
}

/** What the form comes to: everything that was found about it, and the exact command. */
export function CommandPanel({ recipe, preview, problems }: CommandPanelProps) {
  return (
    <aside className="launcher__result" aria-label="What will run">
      <Findings recipe={recipe} preview={preview} problems={problems} />
      <CommandLine shell={preview?.shell ?? ''} />
    </aside>
  );
}

function Findings({ recipe, preview, problems }: CommandPanelProps) {
  const own = recipe.parameters.flatMap((parameter) => {
    const problem = problems.get(parameter.name);
    return problem === undefined
      ? []
      : [{ severity: 'error' as const, message: `${parameter.label}: ${problem}` }];
  });
  const told = (preview?.findings ?? []).filter(({ field }) => field === undefined || !problems.has(field));
  const all = [...own, ...told];
  const count = (severity: string): number => all.filter((finding) => finding.severity === severity).length;
  const summary = [
    count('error') > 0 && plural(count('error'), 'problem'),
    count('warning') > 0 && plural(count('warning'), 'warning'),
    count('note') > 0 && plural(count('note'), 'note'),
  ].filter((part) => part !== false);
  return (
    <section aria-labelledby="launcher-findings">
      <div className="launcher__section-head">
        <h2 id="launcher-findings">Checks</h2>
        <span className="launcher__quiet" role="status">
          {preview === null ? '' : summary.length === 0 ? 'Nothing found.' : summary.join(', ')}
        </span>
      </div>
      <ul className="launcher__findings">
        {all.map((finding) => (
          <li key={finding.message}>
            <Notice severity={finding.severity}>{finding.message}</Notice>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How long “Copied” stays on the button. */
const COPIED_MS = 1500;

function CommandLine({ shell }: { readonly shell: string }) {
  const text = useRef<HTMLPreElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => {
      setCopied(false);
    }, COPIED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(shell);
      setCopied(true);
    } catch {
      if (text.current !== null) getSelection()?.selectAllChildren(text.current);
      notify(
        'warning',
        'The system did not let Iterscope copy the script. It is selected: copy it with Ctrl+C.',
      );
    }
  };

  return (
    <section className="launcher__command" aria-labelledby="launcher-command">
      <div className="launcher__section-head">
        <h2 id="launcher-command">Command line</h2>
        <Button
          variant="quiet"
          icon={copied ? 'check' : 'copy'}
          disabled={shell === ''}
          aria-label="Copy as script"
          onClick={() => void copy()}
        >
          {copied ? 'Copied' : 'Copy as script'}
        </Button>
      </div>
      <pre ref={text} className="launcher__shell mono selectable" tabIndex={0} aria-label="Command line">
        {shell}
      </pre>
    </section>
  );
}
