// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';
import type { Finding, LaunchCheck, LaunchPreview } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { setForm, useLauncher } from '#renderer/stores/launcher.ts';
import { checksOf, checksSummary } from './checks.ts';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { saveScript } from './actions.ts';
import { OptionsPanel, PassesPanel } from './PassesPanel.tsx';
import { changedForm } from './passes.ts';
import { notify } from '#renderer/stores/notices.ts';

interface CommandPanelProps {
  readonly recipe: Recipe;
  readonly preview: LaunchPreview | null;
  readonly problems: ReadonlyMap<string, string>;
  /** Fields that are to be filled in and have not been touched. */
  readonly untouched: ReadonlyMap<string, string>;
  /** Of the form and of the machine. */
  readonly findings: readonly Finding[];
  readonly facts: LaunchCheck['facts'];
}

/** What the form comes to: everything that was found about it, and the exact command. */
export function CommandPanel(props: CommandPanelProps) {
  const { preview, facts } = props;
  const passes = preview?.passes ?? [];
  return (
    <aside className="launcher__result" aria-label="What will run">
      <Findings {...props} />
      <FactList facts={facts} />
      <PassesPanel passes={passes} />
      <OptionsPanel options={preview?.options ?? null} />
      <PassScripts passes={passes} isKnown={preview !== null} />
    </aside>
  );
}

function FactList({ facts }: Pick<CommandPanelProps, 'facts'>) {
  if (facts.length === 0) return null;
  return (
    <dl className="launcher__facts" aria-label="Found on this machine">
      {facts.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="selectable">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface PassScriptsProps {
  readonly passes: LaunchPreview['passes'];
  /** The form has been looked at, so that no pass means that it cannot be run yet. */
  readonly isKnown: boolean;
}

/** The script of one pass; which, where there are several. */
function PassScripts({ passes, isKnown }: PassScriptsProps) {
  const [title, setTitle] = useState('');
  const [first] = passes;
  const chosen = passes.find((pass) => pass.title === title) ?? first;
  return (
    <>
      {passes.length > 1 && chosen !== undefined && (
        <Segmented
          label="Pass"
          value={chosen.title}
          segments={passes.map((pass) => ({ value: pass.title, label: pass.title }))}
          onChange={setTitle}
        />
      )}
      <CommandLine
        shell={chosen?.script ?? ''}
        empty={isKnown ? 'The command appears here once the form can be run.' : ''}
        onSave={() => void saveScript(chosen === undefined ? 0 : passes.indexOf(chosen))}
      />
    </>
  );
}

function Findings({ recipe, preview, problems, untouched, findings }: CommandPanelProps) {
  const { all, listed } = checksOf(recipe, problems, untouched, findings);
  return (
    <section aria-labelledby="launcher-findings">
      <div className="launcher__section-head">
        <h2 id="launcher-findings">Checks</h2>
        <span className="launcher__quiet" role="status">
          {preview === null ? '' : checksSummary(all)}
        </span>
      </div>
      <ul className="launcher__findings">
        {listed.map((finding) => (
          <li key={finding.message}>
            <Notice severity={finding.severity}>
              {finding.message}
              {finding.fix !== undefined && <FixButton fix={finding.fix} />}
            </Notice>
          </li>
        ))}
      </ul>
    </section>
  );
}

function FixButton({ fix }: { readonly fix: NonNullable<Finding['fix']> }) {
  return (
    <Button
      variant="quiet"
      onClick={() => {
        const { form } = useLauncher.getState();
        if (form !== null) setForm(changedForm(form, fix.change));
      }}
    >
      {fix.label}
    </Button>
  );
}

/** How long “Copied” stays on the button. */
const COPIED_MS = 1500;

interface CommandLineProps {
  readonly shell: string;
  /** What stands there instead of no script. */
  readonly empty: string;
  readonly onSave: () => void;
}

function CommandLine({ shell, empty, onSave }: CommandLineProps) {
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
        <Button variant="quiet" icon="export" disabled={shell === ''} onClick={onSave}>
          Save as script
        </Button>
      </div>
      <pre
        ref={text}
        className="launcher__shell mono selectable"
        role="group"
        tabIndex={0}
        aria-label="Command line"
      >
        {shell === '' ? <span className="launcher__quiet">{empty}</span> : shell}
      </pre>
    </section>
  );
}
